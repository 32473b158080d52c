// What is searched for and what was found: asked of the server, page after page.

import { Refusal } from "./requests.js";

/** A search that nothing was asked of yet. */
const NOTHING = { results: [], people: [], after: "", filling: false, has_words: false };

export class SearchAsking {
  /** idle · loading · ready · more (the next page is on its way) · offline · error · refused */
  state = "idle";
  found = NOTHING;
  /** Why the server refused, in its words. */
  refusal = "";
  /** Until when a supervisor searches everything (microseconds); 0: within their queues. */
  wideUntil_us = 0;
  #requests;
  #addresses;
  #changed;
  #asked = {};
  #count = 0;

  constructor({ requests, addresses }, changed) {
    this.#requests = requests;
    this.#addresses = addresses;
    this.#changed = changed;
  }

  /** Asks for the first page of `asked`: {words, topic, …}; without words there is nothing to ask. */
  ask(asked) {
    this.#asked = asked;
    if (!asked.words) return this.#set("idle", NOTHING, ++this.#count);
    this.#set("loading", NOTHING, ++this.#count);
    return this.#load(asked, this.#count);
  }

  again() {
    return this.ask(this.#asked);
  }

  /** The next page, behind what is there. */
  async more() {
    if (this.state !== "ready" || !this.found.after) return;
    const before = this.found;
    this.#set("more", before, ++this.#count);
    await this.#load({ ...this.#asked, after: before.after }, this.#count, before);
  }

  /** From now on, for a while, everything is searched. Throws a Refusal. */
  async widen(reason) {
    const answer = await this.#requests.post(this.#addresses.search_widen, { reason });
    this.wideUntil_us = answer.until_us;
    return this.again();
  }

  async #load(asked, count, before = NOTHING) {
    try {
      const answer = await this.#reach(asked);
      const results = [...before.results, ...answer.results];
      const people = before.results.length ? before.people : answer.people;
      this.#set("ready", { ...answer, results, people }, count);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.code === "not_widened") this.wideUntil_us = 0;
      this.refusal = error.title;
      const isRefused = error.status >= 400 && error.status < 500;
      this.#set(error.isOffline ? "offline" : isRefused ? "refused" : "error", before, count);
    }
  }

  #reach(asked) {
    if (!this.wideUntil_us) return this.#requests.get(this.#addresses.search, asked);
    return this.#requests.post(this.#addresses.search_wide, asked);
  }

  #set(state, found, count) {
    if (count !== this.#count) return;
    this.state = state;
    this.found = found;
    this.#changed();
  }
}
