// Available or away, told to the gateway; keys and pointer keep the idle lock away.

import { setAttribute, setText } from "./elements.js";
import { say } from "./words.js";

// The gateway hears from an open console this often; without it the member counts as gone.
const BEAT_MS = 25_000;
// A key or pointer event within this time means that somebody is there.
const ACTIVE_MS = 60_000;
// The server is asked to hold the lock off at most this often.
const ACTIVITY_MS = 60_000;
const IDLE_LOOK_MS = 5_000;
const MOVES = ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"];

export class Presence {
  #desk;
  #button = document.getElementById("availability");
  #state;
  #moved_ms = Date.now();
  #told_ms = Date.now();

  constructor(desk) {
    this.#desk = desk;
    this.#state = desk.preferences.get("availability", "available");
    this.#button.addEventListener("click", () => this.toggle());
    for (const move of MOVES) addEventListener(move, () => this.#moved(), { passive: true });
    desk.line.on("welcome", () => this.#tell());
    setInterval(() => this.#tell(), BEAT_MS);
    setInterval(() => this.#lookIdle(), IDLE_LOOK_MS);
    document.addEventListener("visibilitychange", () => this.#lookIdle());
    this.#draw();
  }

  toggle() {
    this.#state = this.#state === "available" ? "away" : "available";
    this.#desk.preferences.set("availability", this.#state);
    this.#draw();
    this.#tell();
  }

  /** Somebody unlocked the console: the count begins anew. */
  cameBack() {
    this.#moved_ms = this.#told_ms = Date.now();
  }

  #lookIdle() {
    if (this.#isIdle) this.#desk.lock.now();
  }

  get #isIdle() {
    return Date.now() - this.#moved_ms > this.#desk.idle_ms;
  }

  #tell() {
    const active = Date.now() - this.#moved_ms < ACTIVE_MS;
    this.#desk.line.send({ t: "presence", state: this.#state, active });
  }

  #moved() {
    // A sign after the time is up comes too late: the server has locked already.
    if (this.#desk.isLocked || this.#isIdle) return;
    this.#moved_ms = Date.now();
    if (this.#moved_ms - this.#told_ms < ACTIVITY_MS) return;
    this.#told_ms = this.#moved_ms;
    // A refusal is heard where all are (the lock); no network costs only this minute.
    this.#desk.requests.post(this.#desk.addresses.activity).catch(() => {});
  }

  #draw() {
    const here = this.#state === "available";
    this.#button.querySelector(".presence").classList.toggle("presence-here", here);
    setText(this.#button.querySelector("[data-word]"), say(here ? "me.available" : "me.away"));
    setAttribute(this.#button, "data-state", this.#state);
    setAttribute(this.#button, "aria-label", say(here ? "me.go_away" : "me.come_back"));
    setAttribute(this.#button, "title", say(here ? "me.available_means" : "me.away_means"));
  }
}
