// What one member chose in this browser. Nothing here matters to anybody else.

const PREFIX = "bitp.console.choice.";

export class Preferences {
  #scope;
  #storage;

  constructor(scope, storage = localStorage) {
    this.#scope = `${PREFIX}${scope}.`;
    this.#storage = storage;
  }

  /** The choice, or `otherwise` where none was made. */
  get(name, otherwise) {
    try {
      return JSON.parse(this.#storage.getItem(this.#scope + name)) ?? otherwise;
    } catch {
      return otherwise;
    }
  }

  set(name, value) {
    try {
      this.#storage.setItem(this.#scope + name, JSON.stringify(value));
    } catch {
      // A forbidden storage only forgets the choice.
    }
  }
}
