// What the member is writing: kept in this browser at every keystroke, on the server soon after.

const PREFIX = "bitp.console.draft.";
// A pause in typing this long sends the draft to the server.
const PAUSE_MS = 800;

export class Drafts {
  #scope;
  #line;
  #storage;
  #timers = new Map();

  constructor({ scope, line, storage = localStorage }) {
    this.#scope = `${PREFIX}${scope}.`;
    this.#line = line;
    this.#storage = storage;
    line.on("welcome", () => this.#sendUnsent());
    addEventListener("pagehide", () => this.flush());
  }

  /** What was being written: this browser's copy, or the server's where that is newer. */
  read(reference, mode, fromServer) {
    const kept = this.#kept(reference, mode);
    const stored = fromServer.find((draft) => draft.note === (mode === "note"));
    if (!stored) return kept?.text ?? "";
    const isNewer = kept && (!kept.sent || kept.at_ms * 1000 >= (stored.changed_us ?? 0));
    return isNewer ? kept.text : stored.text;
  }

  /** Keeps the text; an empty one removes the draft here and there. */
  write(reference, mode, text) {
    this.#keep(reference, mode, { text, at_ms: Date.now(), sent: false });
    const key = this.#key(reference, mode);
    clearTimeout(this.#timers.get(key));
    this.#timers.set(key, setTimeout(() => this.#send(reference, mode), PAUSE_MS));
  }

  /** Sends what waits for a pause in typing now. */
  flush() {
    for (const key of this.#timers.keys()) {
      const [reference, mode] = key.slice(this.#scope.length).split(".");
      this.#send(reference, mode);
    }
  }

  /** Removes this browser's copies, as at signing out; the server keeps its own. */
  forget() {
    for (const key of this.#keys()) this.#storage.removeItem(key);
  }

  #send(reference, mode) {
    const key = this.#key(reference, mode);
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    const kept = this.#kept(reference, mode);
    if (!kept) return;
    const body = kept.text.toWellFormed?.() ?? kept.text;
    const frame = { t: "draft", conversation: reference, body };
    if (mode === "note") frame.note = true;
    if (!this.#line.send(frame)) return;
    if (kept.text) this.#keep(reference, mode, { ...kept, sent: true });
    else this.#storage.removeItem(key);
  }

  #sendUnsent() {
    for (const key of this.#keys()) {
      const [reference, mode] = key.slice(this.#scope.length).split(".");
      if (this.#kept(reference, mode)?.sent === false) this.#send(reference, mode);
    }
  }

  #keys() {
    return Object.keys(this.#storage).filter((key) => key.startsWith(this.#scope));
  }

  #key(reference, mode) {
    return `${this.#scope}${reference}.${mode}`;
  }

  #kept(reference, mode) {
    try {
      return JSON.parse(this.#storage.getItem(this.#key(reference, mode)));
    } catch {
      return null;
    }
  }

  /** A full or forbidden storage only costs this browser's copy. */
  #keep(reference, mode, draft) {
    try {
      this.#storage.setItem(this.#key(reference, mode), JSON.stringify(draft));
    } catch {
      this.#line.send({ t: "draft", conversation: reference, body: draft.text, note: mode === "note" });
    }
  }
}
