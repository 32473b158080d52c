/**
 * One conversation as this browser knows it: pure state, no page, no network.
 *
 *   const thread = new Thread({ side: "contact" });      // or "agent", in the console
 *   thread.mergePage(page); thread.mergeEvent(event); thread.mergeAck(ack, item);
 *   thread.addOwn(item); thread.dropOwn(cid);            // the outbox's items
 *   thread.rows()                                        // what to show, in order
 *
 * Pages, events and acknowledgements may come in any order and more than once: the result is
 * the same, and no message stands there twice. A message is known by its number; an own one
 * that has none yet by its cid. Numbers may jump (a note is not for the customer), so holes are
 * known from pages, not from numbers.
 */

// A typing mark fades without a repeat, as the protocol says.
const TYPING_MS = 6_000;

export class Thread {
  #side;
  #messages = new Map();
  #numberOf = new Map();
  #own = new Map();
  #covered = [];
  #typing = null;
  #factsAt = -1;

  /** The conversation's own fields as last told: topic, status, agent, position, … */
  facts = {};
  marks = { contact: { delivered: 0, read: 0 }, agent: { delivered: 0, read: 0 } };
  constructor({ side = "contact" } = {}) {
    this.#side = side;
  }

  /**
   * A page: the conversation's fields and {messages, more, head}, asked for with `before`
   * (0: the last page). It covers all numbers from its first message up to `before`.
   */
  mergePage({ messages, more, head, ...facts }, before = 0) {
    for (const message of messages) this.#add(message);
    this.#cover(more ? messages[0].number : 0, before ? before - 1 : this.#lastStored);
    this.mergeForm({ head, ...facts });
  }

  /** The conversation's fields alone, as a list tells them. */
  mergeForm({ head, marks, ...facts }) {
    if (marks) this.#mergeMarks(marks);
    if (head >= this.#factsAt) this.#mergeFacts(facts, head);
  }

  /** An entry of the conversation's stream. Other kinds than these change nothing. */
  mergeEvent({ kind, n, at_us, data }) {
    if (kind === "message.posted") this.#addLive(data.erased ? erased(data, at_us) : data);
    if (kind === "attachment.changed") this.#changeFile(data);
    if (kind === "conversation.marked") this.#mergeMarks({ [data.who]: data });
    if (kind === "conversation.changed" && n > this.#factsAt) this.#mergeFacts(data, n);
  }

  /** The server took an own message: it has a number, and the text as stored. */
  mergeAck(ack, item) {
    if (!ack.number) return;
    this.#own.delete(ack.cid);
    if (this.#messages.has(ack.number)) return;
    this.#set({
      number: ack.number,
      note: Boolean(item?.note),
      author: { kind: this.#side, name: "" },
      text: ack.text ?? item?.body ?? "",
      ...partsOf(item),
      cid: ack.cid,
      at_us: ack.at_us,
      ours: true,
      provisional: true,
    });
  }

  addOwn(item) {
    if (!this.#numberOf.has(item.cid)) this.#own.set(item.cid, item);
  }

  dropOwn(cid) {
    this.#own.delete(cid);
  }

  /** Makes the own unsent items exactly these (another tab may have sent or dropped some). */
  setOwn(items) {
    this.#own.clear();
    for (const item of items) this.addOwn(item);
  }

  setTyping({ on, name, who }, now_ms = Date.now()) {
    this.#typing = on && who !== this.#side ? { name, until_ms: now_ms + TYPING_MS } : null;
  }

  /** Name of who is typing on the other side, "" when unnamed, null when nobody is. */
  typing(now_ms = Date.now()) {
    return this.#typing && this.#typing.until_ms > now_ms ? this.#typing.name : null;
  }

  /** Messages in order, each with `state`; then own ones that have no number yet. */
  rows() {
    const stored = [...this.#messages.values()].sort((a, b) => a.number - b.number);
    const own = [...this.#own.values()];
    return [...stored.map((message) => this.#withState(message)), ...own.map(ownRow)];
  }

  get last() {
    return Math.max(0, ...this.#messages.keys());
  }

  get #lastStored() {
    const stored = [...this.#messages.values()].filter((each) => !each.provisional);
    return Math.max(0, ...stored.map((each) => each.number));
  }

  get first() {
    return this.#messages.size ? Math.min(...this.#messages.keys()) : 0;
  }

  /** Number of the last message of the other side. */
  get lastOther() {
    const others = [...this.#messages.values()].filter((each) => !this.isOurs(each));
    return Math.max(0, ...others.map((each) => each.number));
  }

  /** Messages of the other side that this side has not read. */
  get unread() {
    const { read } = this.marks[this.#side];
    return [...this.#messages.values()].filter(
      (each) => each.number > read && each.author.kind !== "system" && !this.isOurs(each),
    ).length;
  }

  /** Whether there are messages before the first one known; null: no page came yet. */
  get more() {
    return this.#covered.length ? this.#covered[0].from > 0 : null;
  }

  /** The latest hole: load the page before this number; 0 when there is none. */
  get hole() {
    return this.#covered.length > 1 ? this.#covered.at(-1).from : 0;
  }

  isOurs(message) {
    return message.author.kind === this.#side;
  }

  // --- merging --------------------------------------------------------------------------

  /** Entries of a stream come without gaps, so what they tell goes on from the last page. */
  #addLive(message) {
    this.#add(message);
    const last = this.#covered.at(-1);
    if (last) last.to = Math.max(last.to, message.number);
  }

  #add(message) {
    const known = this.#messages.get(message.number);
    if (known && !known.provisional) return;
    this.#set({ ...message, ours: this.isOurs(message) });
    // Whoever wrote has stopped typing.
    if (!this.isOurs(message)) this.#typing = null;
  }

  /** The virus check came to a file, or it was erased. */
  #changeFile({ number, attachment, state }) {
    const message = this.#messages.get(number);
    if (!message?.parts?.files) return;
    const files = message.parts.files.map((file) => (file.reference === attachment ? { ...file, state } : file));
    this.#messages.set(number, { ...message, parts: { files } });
  }

  #set(message) {
    this.#messages.set(message.number, message);
    if (!message.cid || message.author.kind !== this.#side) return;
    this.#numberOf.set(message.cid, message.number);
    this.#own.delete(message.cid);
  }

  #mergeFacts(facts, at) {
    this.#factsAt = at;
    this.facts = { ...this.facts, ...facts };
  }

  #mergeMarks(marks) {
    for (const side of ["contact", "agent"]) {
      const mine = this.marks[side];
      const told = marks[side] ?? {};
      mine.delivered = Math.max(mine.delivered, told.delivered ?? 0, told.read ?? 0);
      mine.read = Math.max(mine.read, told.read ?? 0);
    }
  }

  /** Joins what the page covers with what was covered: two that touch become one. */
  #cover(from, to) {
    const spans = [...this.#covered, { from, to }].sort((a, b) => a.from - b.from);
    this.#covered = [];
    for (const span of spans) {
      const last = this.#covered.at(-1);
      if (last && span.from <= last.to + 1) last.to = Math.max(last.to, span.to);
      else this.#covered.push(span);
    }
  }

  #withState(message) {
    if (!message.ours) return { ...message, state: "" };
    const other = this.marks[this.#side === "contact" ? "agent" : "contact"];
    if (message.delivery === "failed") return { ...message, state: "failed" };
    if (message.number <= other.read) return { ...message, state: "read" };
    return { ...message, state: message.number <= other.delivered ? "delivered" : "sent" };
  }
}

/** What the log still tells of a message whose content was erased. */
function erased({ number, note }, at_us) {
  const author = { kind: "system", name: "" };
  return { number, kind: "erased", note, author, text: "", parts: null, cid: "", at_us };
}

function partsOf(item) {
  const files = item?.files;
  return files?.length ? { kind: "file", parts: { files } } : { kind: "text", parts: null };
}

function ownRow(item) {
  return {
    number: 0,
    note: Boolean(item.note),
    author: { kind: "", name: "" },
    text: item.body,
    ...partsOf(item),
    cid: item.cid,
    at_us: item.at_ms * 1000,
    ours: true,
    state: item.state === "refused" ? "failed" : "sending",
    code: item.code,
  };
}
