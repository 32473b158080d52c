// What the member is writing: kept in this browser at every keystroke, on the server soon after.

import { now_us } from "./moments.js";

const PREFIX = "bitp.console.draft.";
// A pause in typing this long sends the draft to the server.
const PAUSE_MS = 800;
// What was sent this lately may not be stored yet, or was lost with the line: the copy here counts.
const DOUBTFUL_US = 10_000_000;

export class Drafts {
  #scope;
  #line;
  #storage;
  #timers = new Map();

  constructor({ scope, line, storage = localStorage }) {
    this.#scope = `${PREFIX}${scope}.`;
    this.#line = line;
    this.#storage = storage;
    line.on("lost", () => this.#doubt());
    line.on("welcome", () => this.#sendUnsent());
    addEventListener("pagehide", () => this.flush({ isLeaving: true }));
  }

  /**
   * What was being written. A copy here that the server may not have wins; else the newer one
   * does, and one that the server had and has no more was sent or emptied elsewhere.
   */
  read(reference, mode, fromServer) {
    const kept = this.#kept(reference, mode);
    const stored = fromServer.find((draft) => draft.note === (mode === "note"));
    if (kept && isDoubtful(kept)) return kept.text;
    if (kept && stored && kept.at_us >= stored.changed_us) return kept.text;
    return stored?.text ?? "";
  }

  /** Keeps the text; an empty one removes the draft here and there. */
  write(reference, mode, text) {
    this.#keep(reference, mode, { text, at_us: now_us(), sent_us: 0 });
    const key = this.#key(reference, mode);
    clearTimeout(this.#timers.get(key));
    this.#timers.set(key, setTimeout(() => this.#send(reference, mode), PAUSE_MS));
  }

  /** Sends what waits for a pause in typing now; leaving, nobody knows whether it arrives. */
  flush({ isLeaving = false } = {}) {
    for (const key of this.#timers.keys()) {
      const [reference, mode] = key.slice(this.#scope.length).split(".");
      this.#send(reference, mode, { isLeaving });
    }
  }

  /** Removes this browser's copies, as at signing out; the server keeps its own. */
  forget() {
    for (const key of this.#keys()) this.#storage.removeItem(key);
  }

  #send(reference, mode, { isLeaving = false } = {}) {
    const key = this.#key(reference, mode);
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    const kept = this.#kept(reference, mode);
    if (!kept) return;
    const body = kept.text.toWellFormed?.() ?? kept.text;
    const frame = { t: "draft", conversation: reference, body };
    if (mode === "note") frame.note = true;
    if (!this.#line.send(frame) || isLeaving) return;
    if (kept.text) this.#keep(reference, mode, { ...kept, sent_us: now_us() });
    else this.#storage.removeItem(key);
  }

  #doubt() {
    for (const key of this.#keys()) {
      const [reference, mode] = key.slice(this.#scope.length).split(".");
      const kept = this.#kept(reference, mode);
      if (kept && isDoubtful(kept)) this.#keep(reference, mode, { ...kept, sent_us: 0 });
    }
  }

  #sendUnsent() {
    for (const key of this.#keys()) {
      const [reference, mode] = key.slice(this.#scope.length).split(".");
      if (this.#kept(reference, mode)?.sent_us === 0) this.#send(reference, mode);
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

/** Whether the server may not have this draft as it stands here. */
function isDoubtful({ sent_us }) {
  return now_us() - sent_us < DOUBTFUL_US || !sent_us;
}
