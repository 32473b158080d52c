// Something changed: who cares is told at most once a frame, so that a burst draws once.

export class Signals {
  #listeners = new Map();
  #due = new Set();

  /** Calls `listener` after any of `names` was raised. */
  on(names, listener) {
    for (const name of names.split(" ")) {
      const listeners = this.#listeners.get(name) ?? new Set();
      this.#listeners.set(name, listeners.add(listener));
    }
  }

  /** Says that `name` changed. */
  raise(name) {
    if (!this.#due.size) queueMicrotask(() => this.#tell());
    this.#due.add(name);
  }

  #tell() {
    const called = new Set();
    const due = [...this.#due];
    this.#due.clear();
    for (const name of due) {
      for (const listener of this.#listeners.get(name) ?? []) {
        if (called.has(listener)) continue;
        called.add(listener);
        try {
          listener();
        } catch (error) {
          reportError(error);
        }
      }
    }
  }
}
