// The line over the list that says how the connection is, once that matters.

import { setAttribute, setText } from "./elements.js";
import { say } from "./words.js";

// A shorter break is mended before anybody could read about it.
const SHOWN_AFTER_MS = 2_000;
const BACK_SHOWN_MS = 3_000;

export class ConnectionLine {
  #line = document.getElementById("connection");
  #timer = 0;
  #isShown = false;

  constructor(desk) {
    desk.line.on("state", (state) => this.#hear(state));
    this.#hear(desk.line.state);
  }

  #hear(state) {
    clearTimeout(this.#timer);
    if (state === "online") return this.#back();
    const shown = state === "connecting" ? "offline" : state;
    const at_once = this.#isShown || state === "outdated" || state === "blocked";
    this.#timer = setTimeout(() => this.#show(shown), at_once ? 0 : SHOWN_AFTER_MS);
    return undefined;
  }

  #show(state) {
    this.#isShown = true;
    this.#line.hidden = false;
    setAttribute(this.#line, "data-state", state);
    setText(this.#line, say(`line.${state}`));
  }

  #back() {
    if (!this.#isShown) return;
    this.#show("back");
    this.#isShown = false;
    this.#timer = setTimeout(() => {
      this.#line.hidden = true;
    }, BACK_SHOWN_MS);
  }
}
