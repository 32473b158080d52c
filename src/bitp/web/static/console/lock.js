// The lock over the console: nobody was here for a while. What was being written is kept.

import { element } from "./elements.js";
import { PasskeyProblem, prove } from "./passkey.js";
import { Refusal } from "./requests.js";
import { hasWords, say } from "./words.js";

// How long to wait before asking again why the line was cut.
const LOOK_AGAIN_MS = 5_000;
// What of the lock's own page is shown here: who one is, and the ways back in.
const WAYS = "main .who, main form, main .or";

export class Lock {
  #desk;
  #dialog = document.getElementById("locked");
  #way = document.getElementById("locked-way");

  constructor(desk) {
    this.#desk = desk;
    this.#dialog.addEventListener("cancel", (event) => event.preventDefault());
    this.#way.addEventListener("submit", (event) => this.#submit(event));
    addEventListener("focus", () => this.#lookAgain());
  }

  /** Told of every 401 and 403: locked shows the lock, signed out leads to the sign-in. */
  hear(refusal) {
    if (this.#desk.isLeaving) return;
    if (refusal.code === "locked") this.#close();
    else if (refusal.status === 403) this.look();
    else this.#leave();
  }

  /** Nobody moved anything for long enough: lock here and on the server. */
  async now() {
    if (this.#desk.isLocked) return;
    const told = this.#desk.requests.post(this.#desk.addresses.lock);
    this.#cover();
    // Without a network the server locks by its own clock.
    await told.catch(() => {});
    this.#load();
  }

  /** The line was cut: because of the lock, of signing out, or of a right that is back. */
  async look() {
    if (this.#desk.isLocked) return;
    try {
      await this.#open();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.isOffline) setTimeout(() => this.look(), LOOK_AGAIN_MS);
    }
  }

  /** Somebody comes back to this window: perhaps it was unlocked in another one. */
  #lookAgain() {
    if (this.#desk.isLocked) this.#open().catch(() => {});
  }

  #leave() {
    const { sign_in, page, home } = this.#desk.addresses;
    this.#desk.drafts.flush();
    const here = this.#desk.talk ? page + this.#desk.talk.reference : home;
    location.assign(`${sign_in}?next=${encodeURIComponent(here)}`);
  }

  #close() {
    if (this.#desk.isLocked) return;
    this.#cover();
    this.#load();
  }

  #cover() {
    this.#desk.isLocked = true;
    this.#desk.drafts.flush();
    for (const other of document.querySelectorAll("dialog[open]")) other.close();
    this.#dialog.showModal();
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
    this.#desk.presence.cameBack();
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
    const first = "input:not([type=hidden]), button[type=submit], button";
    this.#way.querySelector(first)?.focus();
  }

  /** Passkey and code are answered here; signing out goes its own way. */
  #submit(event) {
    const { target: form, submitter } = event;
    if (new URL(form.action).pathname.endsWith("/sign-out")) return this.#desk.leave();
    event.preventDefault();
    const isPasskey = form.dataset.passkey && submitter?.value !== "code";
    return isPasskey ? this.#askPasskey(form) : this.#sendCode(form, submitter);
  }

  async #askPasskey(form) {
    const { csrfmiddlewaretoken: csrf } = Object.fromEntries(new FormData(form));
    const { options, finish = form.action } = form.dataset;
    try {
      await prove({ options, finish, csrf });
      await this.#open();
    } catch (problem) {
      if (!(problem instanceof PasskeyProblem || problem instanceof Refusal)) throw problem;
      this.#say(problem.title || this.#wordsOf(problem.code));
    }
  }

  #wordsOf(code) {
    return say(hasWords(`lock.${code}`) ? `lock.${code}` : "lock.failed");
  }

  async #sendCode(form, submitter) {
    const body = new FormData(form, submitter);
    const page = await this.#fetch({ method: "POST", body });
    if (page) this.#show(page);
  }

  /** The page that answers, while the console is still locked; null when it is open or failed. */
  async #fetch(options) {
    const { locked } = this.#desk.addresses;
    const headers = { Accept: "text/html" };
    try {
      const answer = await fetch(locked, { ...options, headers, credentials: "same-origin" });
      const { pathname } = new URL(answer.url);
      if (pathname === locked) {
        return new DOMParser().parseFromString(await answer.text(), "text/html");
      }
      await this.#open();
    } catch {
      this.#failed();
    }
    return null;
  }

  #failed() {
    const again = { type: "button", class: "button", on: { click: () => this.#load() } };
    this.#way.replaceChildren(element("button", again, say("again")));
    this.#say(say("lock.offline"));
  }

  #say(words) {
    this.#way.querySelector("[data-lock-says]")?.remove();
    this.#way.prepend(element("p", { class: "field-error", role: "alert", "data-lock-says": true }, words));
  }
}
