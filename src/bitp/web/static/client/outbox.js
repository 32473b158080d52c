/**
 * What a person has written and the server has not yet acknowledged.
 *
 *   const outbox = new Outbox({ scope: "BC-…", send: (frame) => line.send(frame) });
 *   const off = outbox.on((change) => …);       // {kind, item, ack}, see below
 *   const item = outbox.put({ body, conversation, thread, topic, language, about, note });
 *   line.on("welcome", () => outbox.flush({ again: true }));
 *   line.on("lost", () => outbox.rest());
 *   line.on("ack", (frame) => outbox.ack(frame));
 *
 * Each item is one key of localStorage, so it survives reload and being offline, and tabs never
 * overwrite each other. An item is sent under the same client id (cid) until it is acknowledged;
 * the server stores one cid once. Of several tabs one sends an item at a time: whoever holds its
 * lock (the browser gives it away when that tab ends). In one conversation an item waits for the
 * one before it, so the order stays.
 *
 * scope  whose items they are (a contact's reference): another person's are never seen, let
 *        alone sent.
 * prefix of the keys in the storage, one for each kind of client.
 * send   (frame) => bool: false when there is no line.
 * lane   of an item: what it queues behind (else its thread or conversation).
 *
 * An item: {cid, body, conversation, thread, note, topic, language, about, files, at_ms, state,
 * code}; files: the server's objects of files that were uploaded before.
 * state "waiting" or "refused" (with the server's code; retry() or discard() it).
 * Changes: {kind: "put" | "acked" | "refused" | "gone" | "others", item, ack}.
 */

// The server's limit for one message, in characters as it counts them (code points).
export const MESSAGE_CHARACTERS_MAX = 8_000;
// So many unsent messages are no longer a conversation.
export const ITEMS_MAX = 100;
// Browsers give a site about 5 MB; the host's own data has to fit too.
const CHARACTERS_MAX = 400_000;
// No answer after this long on a living line: send it again, under the same cid.
const AGAIN_MS = 10_000;
// A tab that holds an item and has not tried for this long is asleep: another one takes it.
const ASLEEP_MS = 25_000;
// Other tabs read of the end of an item a moment later.
const LET_GO_MS = 1_000;
const LOOK_MS = 3_000;
const BUSY_MS = 1_000;
const BUSY_MAX_MS = 30_000;

const PREFIX = "bitp.outbox.";

/** A client id: random, within the protocol's letters. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(15));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}

/** Why the outbox does not take an item: code "empty", "too_long" or "full". */
export class OutboxError extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** Removes what stands under the prefixes for everybody but `scope` ("": for everybody). */
export function forgetOthers(storage, scope, prefixes) {
  for (const key of Object.keys(storage)) {
    const prefix = prefixes.find((each) => key.startsWith(each));
    if (prefix && !(scope && key.startsWith(`${prefix}${scope}.`))) storage.removeItem(key);
  }
}

/**
 * Gives the items of one scope to another, when the server says that both are one person. An
 * item that wasStored (a promise of true) under the old name is left out: it would be doubled.
 */
export async function moveItems({ storage, prefix, from, to, wasStored }) {
  for (const key of Object.keys(storage).filter((each) => each.startsWith(`${prefix}${from}.`))) {
    const item = JSON.parse(storage.getItem(key));
    if (!(await wasStored(item))) {
      storage.setItem(`${prefix}${to}.${item.cid}`, JSON.stringify(item));
    }
    storage.removeItem(key);
  }
}

export class Outbox {
  #prefix;
  #storage;
  #send;
  #listeners = new Set();
  #unkept = new Map();
  #flying = new Map();
  #held = new Map();
  #order = 0;
  #timer = 0;
  #work = Promise.resolve();
  #stopped = false;
  #seen = (event) => event.key?.startsWith(this.#prefix) && this.#tell("others");
  #leave = () => this.rest();

  constructor({ scope, send, storage = localStorage, prefix = PREFIX }) {
    this.#prefix = `${prefix}${scope}.`;
    this.#storage = storage;
    this.#send = send;
    addEventListener("storage", this.#seen);
    addEventListener("pagehide", this.#leave);
  }

  /** Ends it; what is unsent stays in the storage. */
  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
    removeEventListener("storage", this.#seen);
    removeEventListener("pagehide", this.#leave);
    this.rest();
  }

  /** There is no line in this tab: another one may go on. */
  rest() {
    this.#flying.clear();
    for (const cid of [...this.#held.keys()]) this.#letGo(cid);
  }

  on(fn) {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  }

  /** All items, oldest first. */
  items() {
    const kept = Object.keys(this.#storage)
      .filter((key) => key.startsWith(this.#prefix))
      .map((key) => this.#read(key))
      .filter((item) => item && !this.#unkept.has(item.cid));
    return [...kept, ...this.#unkept.values()].sort((a, b) => a.at_ms - b.at_ms || a.order - b.order);
  }

  /** Keeps an item and sends it as soon as there is a line. Throws OutboxError. */
  put({ body: typed, ...rest }) {
    // Half of a surrogate pair is no text: the gateway would not even read the frame.
    const body = typed.toWellFormed?.() ?? typed;
    const length = [...body].length;
    const items = this.items();
    if (!body.trim() && !rest.files?.length) throw new OutboxError("empty");
    if (length > MESSAGE_CHARACTERS_MAX) throw new OutboxError("too_long");
    const used = items.reduce((sum, item) => sum + item.body.length, 0);
    if (items.length >= ITEMS_MAX || used + body.length > CHARACTERS_MAX) throw new OutboxError("full");
    const item = { cid: newId(), body, ...rest, at_ms: Date.now(), order: this.#order++, state: "waiting", code: "" };
    this.#keep(item);
    this.#tell("put", item);
    this.flush();
    return item;
  }

  /** What the server made of an item. Returns the item, or null when it is not here. */
  ack(ack) {
    this.#flying.delete(ack.cid);
    const item = this.#find(ack.cid);
    if (!item) return null;
    if (ack.result === "accepted" || ack.result === "duplicate") this.#acked(item, ack);
    else if (ack.retry) this.#busy(item);
    else this.#refused(item, ack);
    this.flush();
    return item;
  }

  /** Sends a refused item again, under a new cid: the old one may stand for another text. */
  retry(cid) {
    const item = this.#find(cid);
    if (!item) return null;
    this.#remove(item);
    const fresh = { ...item, cid: newId(), state: "waiting", code: "", tries: 0, notBefore: 0, tried_ms: 0 };
    this.#keep(fresh);
    this.#tell("put", fresh);
    this.flush();
    return fresh;
  }

  discard(cid) {
    const item = this.#find(cid);
    if (!item) return;
    this.#remove(item);
    this.#tell("gone", item);
  }

  /** Sends what is due. `again`: the line is new, so nothing is on its way any more. */
  flush({ again = false } = {}) {
    if (again) this.#flying.clear();
    this.#work = this.#work.then(() => this.#flush()).catch(reportError);
    return this.#work;
  }

  // --- sending --------------------------------------------------------------------------

  async #flush() {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    const lanes = new Set();
    for (const { cid } of this.items()) {
      // It may have changed while the one before it was taken.
      const item = this.#find(cid);
      const lane = item?.lane || item?.thread || item?.conversation;
      if (item?.state !== "waiting" || lanes.has(lane)) continue;
      lanes.add(lane);
      if (this.#isDue(item) && (await this.#hold(item)) && !this.#fly(item)) {
        // There is no line.
        this.rest();
        return;
      }
    }
    if (lanes.size && !this.#stopped) this.#timer = setTimeout(() => this.flush(), LOOK_MS);
  }

  #isDue(item) {
    const now = Date.now();
    return (item.notBefore ?? 0) <= now && now - (this.#flying.get(item.cid) ?? 0) >= AGAIN_MS;
  }

  #fly(item) {
    // While its lock was awaited another tab may have seen it through.
    if (!this.#find(item.cid)) return true;
    if (this.#stopped || !this.#send(frameOf(item))) return false;
    this.#flying.set(item.cid, Date.now());
    this.#keep({ ...item, tried_ms: Date.now() });
    return true;
  }

  /** Whether this tab may send the item. Without locks two may: the server stores one cid once. */
  #hold({ cid, at_ms, tried_ms }) {
    if (this.#held.has(cid) || !navigator.locks) return true;
    const steal = Date.now() - (tried_ms || at_ms) > ASLEEP_MS;
    const how = steal ? { steal } : { ifAvailable: true };
    return new Promise((tell) => {
      const held = (lock) => {
        tell(Boolean(lock));
        return lock && new Promise((end) => this.#held.set(cid, end));
      };
      const lost = () => this.#held.delete(cid);
      navigator.locks.request(this.#prefix + cid, how, held).catch(lost);
    });
  }

  #letGo(cid) {
    this.#held.get(cid)?.();
    this.#held.delete(cid);
  }

  // --- answers --------------------------------------------------------------------------

  #acked(item, ack) {
    this.#remove(item);
    setTimeout(() => this.#letGo(item.cid), LET_GO_MS);
    this.#tell("acked", item, ack);
  }

  #busy(item) {
    const tries = (item.tries ?? 0) + 1;
    const pause = Math.min(BUSY_MAX_MS, BUSY_MS * 2 ** tries) * (0.5 + Math.random() / 2);
    this.#keep({ ...item, tries, notBefore: Date.now() + pause });
  }

  #refused(item, ack) {
    const code = ack.code || ack.result;
    const refused = { ...item, state: "refused", code };
    this.#keep(refused);
    this.#tell("refused", refused, ack);
  }

  // --- keeping --------------------------------------------------------------------------

  #find(cid) {
    return this.#unkept.get(cid) ?? this.#read(this.#prefix + cid);
  }

  #read(key) {
    try {
      return JSON.parse(this.#storage.getItem(key));
    } catch {
      return null;
    }
  }

  /** In a full or forbidden storage an item lives as long as the page. */
  #keep(item) {
    try {
      this.#storage.setItem(this.#prefix + item.cid, JSON.stringify(item));
      this.#unkept.delete(item.cid);
    } catch {
      this.#unkept.set(item.cid, item);
    }
  }

  #remove(item) {
    this.#unkept.delete(item.cid);
    this.#storage.removeItem(this.#prefix + item.cid);
  }

  #tell(kind, item = null, ack = null) {
    for (const fn of this.#listeners) fn({ kind, item, ack });
  }
}

function frameOf({ cid, body, conversation, thread, note, topic, language, about, files }) {
  const frame = { t: "send", cid, body };
  const attachments = files?.length && files.map((file) => file.reference);
  const rest = { conversation, thread, note, topic, language, about, attachments };
  for (const [name, value] of Object.entries(rest)) if (value) frame[name] = value;
  return frame;
}
