// The line over the list that says how the connection is, once that matters.

import { setAttribute, setText } from "./elements.js";
import { say } from "./words.js";

// A shorter break is mended before anybody could read about it.
const SHOWN_AFTER_MS = 2_000;
const BACK_SHOWN_MS = 3_000;

export class ConnectionLine {
  #line = document.getElementById("connection");
  #showing = 0;
  #hiding = 0;
  #state = "";
  #isShown = false;

  constructor(desk) {
    desk.line.on("state", (state) => this.#hear(state));
    this.#hear(desk.line.state);
  }

  #hear(state) {
    if (state === "online") return this.#back();
    this.#state = state === "connecting" ? "offline" : state;
    const at_once = this.#isShown || state === "outdated" || state === "blocked";
    if (at_once) return this.#show(this.#state);
    // Every new try is heard of: the wait counts from the first one that failed.
    this.#showing ||= setTimeout(() => this.#show(this.#state), SHOWN_AFTER_MS);
    return undefined;
  }

  #show(state) {
    this.#forget();
    this.#isShown = true;
    this.#line.hidden = false;
    setAttribute(this.#line, "data-state", state);
    setText(this.#line, say(`line.${state}`));
  }

  #back() {
    this.#forget();
    if (!this.#isShown) return;
    this.#show("back");
    this.#isShown = false;
    this.#hiding = setTimeout(() => {
      this.#line.hidden = true;
    }, BACK_SHOWN_MS);
  }

  #forget() {
    clearTimeout(this.#showing);
    clearTimeout(this.#hiding);
    this.#showing = 0;
  }
}
