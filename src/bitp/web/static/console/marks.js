// How far this member has received and read each conversation, told to the server.

// Marks are stored once a second at most; so are they sent.
const TELL_MS = 1_000;

export class Marks {
  #line;
  #due = new Map();
  #told = new Map();
  #timer = 0;

  constructor(line) {
    this.#line = line;
    line.on("welcome", () => this.#tell());
  }

  /** Received up to this number; `read`: and read up to that one. Numbers only grow. */
  move(reference, delivered, read = 0) {
    const told = this.#told.get(reference) ?? { delivered: 0, read: 0 };
    if (delivered <= told.delivered && read <= told.read) return;
    const mark = {
      delivered: Math.max(delivered, told.delivered),
      read: Math.max(read, told.read),
    };
    this.#told.set(reference, mark);
    this.#due.set(reference, mark);
    this.#timer ||= setTimeout(() => this.#tell(), TELL_MS);
  }

  /** What cannot be told now is told when the line is back. */
  #tell() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    for (const [conversation, mark] of this.#due) {
      if (!this.#line.send({ t: "mark", conversation, ...mark })) return;
      this.#due.delete(conversation);
    }
  }
}
