/**
 * The conversations of one person in this browser: what the server told, what the outbox holds,
 * and what came live, joined in one Thread each.
 */

import { newId } from "../client/outbox.js";
import { Thread } from "../client/thread.js";

// Marks go out this long after the last message, together.
const MARK_MS = 250;
// Pages loaded to close a hole after a long absence; beyond that the person scrolls.
const HOLE_PAGES_MAX = 5;
// How often the place in the queue is asked for while somebody looks at it.
export const PLACE_MS = 20_000;

export class Talk {
  thread = new Thread({ side: "contact" });
  isLoaded = false;
  #unreadBefore;

  constructor({ reference = "", threadId = newId(), unread = 0, topic = "", about = "" } = {}) {
    this.reference = reference;
    this.threadId = threadId;
    this.topic = topic;
    this.about = about;
    this.#unreadBefore = unread;
  }

  /** What its messages queue by, and what names its draft. */
  get key() {
    return this.threadId || this.reference;
  }

  get facts() {
    return this.thread.facts;
  }

  /** Before its page is loaded only the messages that came live are known one by one. */
  get unread() {
    return this.thread.unread + (this.isLoaded ? 0 : this.#unreadBefore);
  }

  get isOver() {
    return this.facts.status === "resolved";
  }
}

export class Talks {
  #api;
  #line;
  #outbox;
  #language;
  #changed;
  #all = new Map();
  #watched = null;
  #markTimer = 0;
  #looking;
  /** Who is there, as last told with the place in the queue. */
  availability = null;

  /** changed(talk): something to draw; looking(): whether a person sees the open talk. */
  constructor({ api, line, outbox, language, changed, looking }) {
    this.#api = api;
    this.#line = line;
    this.#outbox = outbox;
    this.#language = language;
    this.#changed = changed;
    this.#looking = looking;
    line.on("ack", (frame) => this.#ack(frame));
    line.on("typing", (frame) => this.#typing(frame));
    line.on("welcome", () => this.#markSoon());
    outbox.on((change) => this.#outboxChanged(change));
  }

  /** Takes over what the server listed, and what an earlier page left in the outbox. */
  begin({ subject, conversations }) {
    for (const form of conversations) this.#adopt(form);
    for (const item of this.#outbox.items()) this.#talkOf(item) ?? this.#add(new Talk(idsOf(item)));
    for (const talk of this.#all.values()) this.#showOwn(talk);
    this.#line.follow(
      subject.stream,
      subject.head,
      ({ data }) => data.reference && !this.find(data.reference) && this.#discover(data.reference),
      (head) => head,
    );
  }

  /** All, the latest first; a talk nothing was said in is not one yet. */
  list() {
    return [...this.#all.values()]
      .filter((talk) => talk.reference || talk.thread.rows().length)
      .sort((a, b) => lastUs(b) - lastUs(a));
  }

  find(reference) {
    if (!reference) return null;
    return [...this.#all.values()].find((talk) => talk.reference === reference) ?? null;
  }

  get unread() {
    return [...this.#all.values()].reduce((sum, talk) => sum + talk.unread, 0);
  }

  /** A new talk; it becomes a conversation with its first message. */
  create({ topic, about }) {
    return this.#add(new Talk({ topic, about }));
  }

  /** Puts a message into the outbox. Throws OutboxError. */
  say(talk, body, files) {
    const isFirst = !talk.reference && !talk.thread.rows().length;
    this.#outbox.put({
      body,
      files,
      lane: talk.key,
      conversation: talk.reference,
      thread: talk.reference ? "" : talk.threadId,
      topic: isFirst ? talk.topic : "",
      about: isFirst ? talk.about : "",
      language: isFirst ? this.#language() : "",
    });
  }

  retry(cid) {
    this.#outbox.retry(cid);
  }

  discard(cid) {
    this.#outbox.discard(cid);
  }

  /** Loads the last page once; it is marked as read while somebody looks at it. */
  async watch(talk) {
    this.#watched = talk;
    if (!talk) return;
    if (talk.reference && !talk.isLoaded) await this.#load(talk);
    this.#markSoon();
  }

  async loadEarlier(talk) {
    const before = talk.thread.first;
    talk.thread.mergePage(await this.#api.conversation(talk.reference, before), before);
    this.#changed(talk);
  }

  /** Where the watched talk stands in the queue now. */
  async refreshPlace() {
    const talk = this.#watched;
    if (!talk?.reference || talk.isOver || talk.facts.agent) return;
    const { availability, ...place } = await this.#api.place(talk.reference);
    this.availability = availability;
    Object.assign(talk.facts, place);
    this.#changed(talk);
  }

  async reopen(talk) {
    await this.#api.reopen(talk.reference);
  }

  leaveAddress(talk, email) {
    return this.#api.leaveAddress(talk.reference, email);
  }

  typing(talk, on) {
    if (talk.reference) this.#line.send({ t: "typing", conversation: talk.reference, on });
  }

  /** Something new may have been seen: tell the other side, a little later, once. */
  seen() {
    this.#markSoon();
  }

  stop() {
    clearTimeout(this.#markTimer);
  }

  // --- what comes in --------------------------------------------------------------------

  #adopt(form) {
    const { reference, thread: threadId, unread, topic } = form;
    const own = threadId ? this.#all.get(threadId) : null;
    const talk = own ?? this.#add(new Talk({ reference, threadId: threadId || "", unread, topic }));
    talk.reference = reference;
    talk.thread.mergeForm(form);
    this.#follow(talk, form);
    return talk;
  }

  #add(talk) {
    this.#all.set(talk.key, talk);
    return talk;
  }

  #follow(talk, { stream, head }) {
    this.#line.follow(
      stream,
      head,
      (event) => this.#event(talk, event),
      () => this.#load(talk),
    );
  }

  /** Loads the last page and closes the hole to what was known; returns the page's number. */
  async #load(talk) {
    const page = await this.#api.conversation(talk.reference);
    talk.thread.mergePage(page);
    for (let turn = 0; turn < HOLE_PAGES_MAX && talk.thread.hole; turn += 1) {
      const before = talk.thread.hole;
      talk.thread.mergePage(await this.#api.conversation(talk.reference, before), before);
    }
    talk.isLoaded = true;
    this.#showOwn(talk);
    this.#changed(talk);
    this.#markSoon();
    return page.head;
  }

  /** A conversation begun elsewhere: in another tab, or before signing in. */
  async #discover(reference) {
    const page = await this.#api.conversation(reference);
    if (this.find(reference)) return;
    const talk = this.#adopt(page);
    talk.thread.mergePage(page);
    talk.isLoaded = true;
    this.#changed(talk);
  }

  #event(talk, event) {
    talk.thread.mergeEvent(event);
    if (event.kind === "message.posted" && event.data.author?.kind === "agent") this.#isAnswered(talk);
    if (event.kind === "conversation.changed") this.#isChanged(talk, event.data);
    this.#changed(talk, event);
    this.#markSoon();
  }

  /** What has just been settled can be opened again. */
  #isChanged(talk, { agent, status }) {
    if (agent) this.#isAnswered(talk);
    talk.facts.can_reopen = status === "resolved";
  }

  #isAnswered(talk) {
    Object.assign(talk.facts, { position: null, wait_minutes: null });
  }

  #typing(frame) {
    const talk = this.find(frame.conversation);
    if (!talk) return;
    talk.thread.setTyping(frame);
    this.#changed(talk);
  }

  // --- the outbox -----------------------------------------------------------------------

  #ack(frame) {
    const item = this.#outbox.ack(frame);
    const talk = this.find(frame.conversation) ?? (item && this.#talkOf(item));
    if (talk && frame.number) this.#accepted(talk, frame, item);
  }

  #accepted(talk, ack, item) {
    talk.thread.mergeAck(ack, item);
    const isNew = !talk.reference;
    if (isNew) talk.reference = ack.conversation;
    this.#changed(talk);
    if (isNew) this.#opened(talk);
  }

  /** The first message made it a conversation: from now on it is followed. */
  #opened(talk) {
    const stream = `conversation/${talk.reference}/customer`;
    this.#follow(talk, { stream, head: 0 });
    this.#load(talk).catch(() => this.#changed(talk));
  }

  #outboxChanged({ kind, item }) {
    if (kind === "others" || !item) {
      for (const talk of this.#all.values()) this.#showOwn(talk);
      this.#changed(null);
      return;
    }
    const talk = this.#talkOf(item);
    if (!talk || kind === "acked") return;
    this.#showOwn(talk);
    this.#changed(talk);
  }

  #showOwn(talk) {
    talk.thread.setOwn(this.#outbox.items().filter((item) => this.#talkOf(item) === talk));
  }

  #talkOf(item) {
    return this.#all.get(item.lane) ?? (item.conversation && this.find(item.conversation)) ?? null;
  }

  // --- marks ----------------------------------------------------------------------------

  #markSoon() {
    clearTimeout(this.#markTimer);
    this.#markTimer = setTimeout(() => this.#mark(), MARK_MS);
  }

  /** Delivered for everything that came; read for the one a person looks at. */
  #mark() {
    for (const talk of this.#all.values()) {
      const mark = this.#markOf(talk);
      if (!mark) continue;
      if (!this.#line.send({ t: "mark", conversation: talk.reference, ...mark })) return;
      talk.thread.mergeEvent({ kind: "conversation.marked", data: { who: "contact", ...mark } });
      this.#changed(talk);
    }
  }

  #markOf(talk) {
    const { marks, last, lastOther } = talk.thread;
    const isSeen = talk === this.#watched && talk.isLoaded && this.#looking();
    const isNew = lastOther > marks.contact.delivered || (isSeen && lastOther > marks.contact.read);
    return talk.reference && isNew ? { delivered: last, read: isSeen ? last : 0 } : null;
  }
}

function idsOf({ thread, conversation, topic }) {
  return { threadId: thread, reference: conversation, topic };
}

function lastUs(talk) {
  return talk.thread.rows().at(-1)?.at_us ?? talk.facts.last_us ?? 0;
}
