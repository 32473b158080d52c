// The open conversation: its thread, its pages, what may be done with it.

import { Thread } from "../client/thread.js";
import { Refusal } from "./requests.js";

// A jump to an earlier message loads at most this many pages on its way.
const REACH_PAGES_MAX = 20;

export class Talk {
  thread = new Thread({ side: "agent" });
  /** loading · ready · missing · offline · error */
  state = "loading";
  isLoadingEarlier = false;
  drafts = [];
  #desk;
  #waiting = [];
  /** How far this member had read, and how far the thread went, when it was opened. */
  #opened = { read: 0, last: 0 };
  #turnAt = 0;
  #head = 0;

  constructor(desk, reference) {
    this.#desk = desk;
    this.reference = reference;
    const known = desk.lists.rows.get(reference);
    if (known) this.thread.facts = { ...known };
    this.#readOutbox();
  }

  /** Contact, topic, status, assignee … as last told. */
  get facts() {
    return this.thread.facts;
  }

  get head() {
    return this.#head;
  }

  /** Loads the last page; also after the log no longer holds what was missed. Returns its head. */
  async load() {
    try {
      const page = await this.#ask(0);
      this.#takePage(page);
      return page.head;
    } catch (error) {
      this.#failed(error);
      throw error;
    } finally {
      this.#desk.signals.raise("talk");
    }
  }

  /** Loads the page before the first message known; true when there was one. */
  async loadEarlier() {
    const before = this.thread.hole || this.thread.first;
    if (this.isLoadingEarlier || !before || !this.hasEarlier) return false;
    this.isLoadingEarlier = true;
    this.#desk.signals.raise("talk");
    try {
      const page = await this.#ask(before);
      this.thread.mergePage({ messages: page.messages, more: page.more, head: 0 }, before);
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#desk.say("thread.earlier_failed");
      return false;
    } finally {
      this.isLoadingEarlier = false;
      this.#desk.signals.raise("talk");
    }
  }

  /** Number of the first message of the contact that was unread at opening; 0: none known. */
  get firstUnread() {
    const { read, last } = this.#opened;
    if (!read) return 0;
    const isUnread = ({ number, author }) =>
      number > read && number <= last && author.kind === "contact";
    return this.thread.rows().find(isUnread)?.number ?? 0;
  }

  /** Loads earlier pages until the first unread message is among them. */
  reachUnread() {
    return this.reach(this.#opened.read + 1);
  }

  /** Loads earlier pages until the message of this number is among them. */
  async reach(number) {
    for (let page = 0; page < REACH_PAGES_MAX; page += 1) {
      if (this.thread.first <= number || !(await this.loadEarlier())) return;
    }
  }

  get hasEarlier() {
    return this.thread.more === true || this.thread.hole > 0;
  }

  #ask(before) {
    return this.#desk.requests.get(this.#address(), { before });
  }

  #address(act = "") {
    return `${this.#desk.addresses.conversation}${this.reference}${act && `/${act}`}`;
  }

  #takePage({ conversation, messages, head, more, marks, drafts, read }) {
    const first = this.state !== "ready";
    this.thread.mergePage({ ...conversation, messages, more, head, marks });
    this.#desk.lists.put({ ...conversation, head });
    this.#head = head;
    this.#turnAt = conversation.last_number;
    this.drafts = drafts;
    if (first) Object.assign(this.#opened, { read, last: this.thread.last });
    this.state = "ready";
    for (const event of this.#waiting.splice(0)) this.#merge(event);
    this.#readOutbox();
  }

  #failed(error) {
    if (!(error instanceof Refusal)) throw error;
    if (this.state === "ready") return;
    if (error.status === 404) this.state = "missing";
    else this.state = error.isOffline ? "offline" : "error";
  }

  /** An entry of this conversation's staff stream. */
  hear(event) {
    if (this.state === "ready") this.#merge(event);
    else this.#waiting.push(event);
    this.#desk.signals.raise("talk");
  }

  #merge(event) {
    this.thread.mergeEvent(event);
    if (event.kind === "message.posted") this.#turn(event.data);
  }

  /** Whose turn it is follows from who wrote; only what staff decide is an event of its own. */
  #turn({ number, note, kind, author }) {
    if (number <= this.#turnAt) return;
    this.#turnAt = number;
    if (note || kind === "system" || !author) return;
    const { facts } = this.thread;
    if (author.kind === "contact") facts.status = "open";
    else if (facts.status !== "resolved") facts.status = "waiting";
  }

  /** Somebody on the other side types. */
  hearTyping(frame) {
    if (frame.who === "contact") this.thread.setTyping(frame);
    this.#desk.signals.raise("typing");
  }

  /** What became of an item of the outbox. */
  hearOutbox({ kind, item, ack }) {
    if (kind === "acked") this.thread.mergeAck(ack, item);
    this.#readOutbox();
    this.#desk.signals.raise("talk");
  }

  #readOutbox() {
    const items = this.#desk.outbox.items();
    this.thread.setOwn(items.filter((item) => item.conversation === this.reference));
  }

  /** Everything up to the last message has been seen by this member. */
  sawEnd() {
    const { last } = this.thread;
    if (this.state !== "ready") return;
    this.#desk.lists.markRead(this.reference, last);
    this.#desk.marks.move(this.reference, last, last);
  }

  /** The last reply by another member, null when there is none. */
  get lastReplyOfOthers() {
    const isOthers = ({ number, author, note, provisional }) =>
      number && author.kind === "agent" && !note && !provisional && author.id !== this.#desk.me.id;
    return this.thread.rows().filter(isOthers).at(-1) ?? null;
  }

  /** take, release, resolve, reopen or topic; the stream tells everybody, this page at once. */
  async act(name, body = {}) {
    const answer = await this.#desk.requests.post(this.#address(name), body);
    this.#desk.lists.put(answer.conversation);
    const { head, ...facts } = answer.conversation;
    this.thread.mergeEvent({ kind: "conversation.changed", n: head, data: facts });
    this.#desk.signals.raise("talk");
  }
}
