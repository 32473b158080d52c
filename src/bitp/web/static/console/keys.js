// The keyboard: single letters where nobody is writing, Esc everywhere.

import { element } from "./elements.js";
import { SEND_KEYS } from "./platform.js";
import { say } from "./words.js";

// Each key: what it calls, and the words of the help.
const KEYS = [
  ["j", "next"],
  ["k", "previous"],
  ["r", "reply"],
  ["n", "note"],
  ["a", "assign"],
  ["e", "resolve"],
  ["/", "search"],
  ["?", "help"],
];
// Keys that work while writing, shown in the help only.
const SHOWN = [
  [["Esc"], "escape"],
  [SEND_KEYS, "send"],
];

export class Keys {
  #desk;
  #help = document.getElementById("help");
  #single = document.getElementById("single-keys");

  constructor(desk, acts) {
    this.#desk = desk;
    this.acts = { ...acts, help: () => this.#help.showModal() };
    this.#single.checked = desk.preferences.get("single_keys", true);
    this.#single.addEventListener("change", () => desk.preferences.set("single_keys", this.#single.checked));
    document.addEventListener("keydown", (event) => this.#press(event));
    document.getElementById("open-help").addEventListener("click", () => this.#help.showModal());
    this.#help.querySelector("[data-close]").addEventListener("click", () => this.#help.close());
    this.#drawHelp();
  }

  #press(event) {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") return void this.acts.escape();
    if (event.metaKey || event.ctrlKey || event.altKey || isWriting(event.target)) return;
    const name = KEYS.find(([key]) => key === event.key)?.[1];
    if (!name || (!this.#single.checked && name !== "help")) return;
    event.preventDefault();
    this.acts[name]();
  }

  #drawHelp() {
    const list = document.getElementById("help-keys");
    for (const [key, name] of KEYS) list.append(...helpLine([key], name));
    for (const [keys, name] of SHOWN) list.append(...helpLine(keys, name));
  }
}

function helpLine(keys, name) {
  const drawn = keys.map((key) => element("kbd", {}, key));
  return [element("dt", {}, ...drawn), element("dd", {}, say(`keys.${name}`))];
}

function isWriting(target) {
  return target.isContentEditable || Boolean(target.closest?.("input:not([type=checkbox]), textarea, select"));
}
