// The lock over the console: nobody was here for a while. What was being written is kept.

import { Refusal } from "./requests.js";
import { element } from "./elements.js";
import { say } from "./words.js";

// How long to wait before asking again why the line was cut.
const LOOK_AGAIN_MS = 5_000;
// What of the lock's own page is shown here.
const WAYS = ".who, form.passkey, .or, form.by-code, form[action$='/sign-out']";

export class Lock {
  #desk;
  #dialog = document.getElementById("locked");
  #way = document.getElementById("locked-way");

  constructor(desk) {
    this.#desk = desk;
    this.#dialog.addEventListener("cancel", (event) => event.preventDefault());
    this.#way.addEventListener("submit", (event) => this.#submit(event), true);
  }

  /** Told of every 401: locked shows the lock, signed out leads to the sign-in. */
  hear(refusal) {
    if (refusal.code === "locked") return this.#close();
    const { sign_in, page, home } = this.#desk.addresses;
    this.#desk.drafts.flush();
    const here = this.#desk.talk ? page + this.#desk.talk.reference : home;
    location.assign(`${sign_in}?next=${encodeURIComponent(here)}`);
    return undefined;
  }

  /** The line was cut: because of the lock, of signing out, or of a right that is back. */
  async look() {
    try {
      await this.#open();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.isOffline) setTimeout(() => this.look(), LOOK_AGAIN_MS);
    }
  }

  #close() {
    if (this.#desk.isLocked) return;
    this.#desk.isLocked = true;
    this.#desk.drafts.flush();
    for (const other of document.querySelectorAll("dialog[open]")) other.close();
    this.#dialog.showModal();
    this.#load();
  }

  /** Asks who is signed in; if nobody refuses, the console goes on. */
  async #open() {
    const { requests, addresses, me, line, lists } = this.#desk;
    const answer = await requests.get(addresses.me);
    if (answer.me.id !== me.id) return location.assign(addresses.home);
    requests.useToken(answer.csrf);
    this.#desk.isLocked = false;
    this.#dialog.close();
    this.#way.replaceChildren();
    line.start();
    return lists.refresh();
  }

  // --- the lock's own page, shown here ----------------------------------------------------

  async #load() {
    const page = await this.#fetch({});
    if (page) this.#show(page);
  }

  #show(page) {
    this.#way.replaceChildren(...page.querySelectorAll(WAYS));
    this.#way.querySelector("input:not([type=hidden]), button")?.focus();
  }

  /** The code form is answered here; other forms do what they do. */
  #submit(event) {
    if (!event.target.matches("form.by-code")) return;
    event.preventDefault();
    event.stopPropagation();
    this.#sendCode(event.target);
  }

  async #sendCode(form) {
    const page = await this.#fetch({ method: "POST", body: new FormData(form) });
    if (page) this.#show(page);
  }

  /** The page that answers, while the console is still locked; null when it is open or failed. */
  async #fetch(options) {
    const { locked } = this.#desk.addresses;
    const headers = { Accept: "text/html" };
    try {
      const answer = await fetch(locked, { ...options, headers, credentials: "same-origin" });
      if (new URL(answer.url).pathname !== locked) {
        await this.#open();
        return null;
      }
      return new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      this.#failed();
      return null;
    }
  }

  #failed() {
    const again = { type: "button", class: "button", on: { click: () => this.#load() } };
    const said = element("p", { role: "alert" }, say("lock.offline"));
    this.#way.replaceChildren(said, element("button", again, say("again")));
  }
}
