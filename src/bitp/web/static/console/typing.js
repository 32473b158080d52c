// Telling the other side that somebody types: now and then while it lasts, and when it ends.

// Typing is told at most this often, and taken back after this long without a key.
const TELL_MS = 3_000;
const STOPS_MS = 5_000;

export class TypingTeller {
  #line;
  #reference = "";
  #told_ms = 0;
  #timer = 0;

  constructor(line) {
    this.#line = line;
  }

  /** A key was pressed in the conversation's reply; `isWriting`: there is text now. */
  tell(reference, isWriting) {
    if (!isWriting || reference !== this.#reference) this.stop();
    if (!isWriting) return;
    this.#reference = reference;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.stop(), STOPS_MS);
    if (Date.now() - this.#told_ms < TELL_MS) return;
    this.#told_ms = Date.now();
    this.#line.send({ t: "typing", conversation: reference, on: true });
  }

  stop() {
    clearTimeout(this.#timer);
    if (!this.#told_ms) return;
    this.#told_ms = 0;
    this.#line.send({ t: "typing", conversation: this.#reference, on: false });
  }
}
