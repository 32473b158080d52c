// The search over everything: a sheet that / and ⌘K open, its filters, results by the arrow keys.

import { setText, shownName } from "./elements.js";
import { Refusal } from "./requests.js";
import { SearchAsking } from "./search_asking.js";
import { drawSearch, searchSays } from "./search_results.js";
import { say } from "./words.js";

// A pause in typing this long starts the search.
const PAUSE_MS = 200;

export class SearchView {
  #desk;
  #asking;
  #sheet = document.getElementById("search-sheet");
  #form = document.getElementById("search-form");
  #query = document.getElementById("search-query");
  #results = document.getElementById("search-results");
  #says = document.getElementById("search-says");
  #only = document.getElementById("search-contact");
  #wide = document.getElementById("search-wide");
  #contact = "";
  #timer = 0;

  constructor(desk) {
    this.#desk = desk;
    this.#asking = new SearchAsking(desk, () => this.#draw());
    document.getElementById("open-search").addEventListener("click", () => this.open());
    document.getElementById("search-close").addEventListener("click", () => this.#sheet.close());
    document.addEventListener("keydown", (event) => this.#shortcut(event));
    this.#query.addEventListener("input", () => this.#askSoon());
    this.#form.addEventListener("change", (event) => event.target !== this.#query && this.#ask());
    this.#form.addEventListener("submit", (event) => this.#submit(event));
    this.#sheet.addEventListener("keydown", (event) => this.#step(event));
    this.#results.addEventListener("click", (event) => this.#choose(event));
    this.#wide?.addEventListener("submit", (event) => this.#widen(event));
  }

  /** Opens the sheet with what was searched last, ready to be typed over. */
  open() {
    if (document.querySelector("dialog[open]")) return;
    this.#offerContact();
    this.#sheet.showModal();
    this.#query.focus();
    this.#query.select();
    this.#draw();
  }

  #shortcut(event) {
    const isPalette = (event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k";
    if (!isPalette || event.shiftKey || event.altKey || event.isComposing) return;
    event.preventDefault();
    this.open();
  }

  /** What may be left of a conversation's contact: the one that is open. */
  #offerContact() {
    const contact = this.#desk.talk?.facts.contact;
    if (contact?.reference !== this.#contact) this.#only.checked = false;
    this.#contact = contact?.reference ?? "";
    document.getElementById("search-contact-line").hidden = !this.#contact;
    const name = shownName(contact?.name, say("contact.unnamed"));
    setText(document.getElementById("search-contact-words"), say("search.only_contact", { name }));
  }

  // --- asking ---------------------------------------------------------------------------

  #askSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), PAUSE_MS);
  }

  #submit(event) {
    event.preventDefault();
    this.#ask();
  }

  #ask() {
    clearTimeout(this.#timer);
    const { since, until, ...asked } = Object.fromEntries(new FormData(this.#form));
    asked.words = asked.words.trim();
    asked.since_us = midnight_us(since, 0);
    asked.until_us = midnight_us(until, 1);
    if (this.#only.checked) asked.contact = this.#contact;
    this.#asking.ask(asked);
  }

  async #widen(event) {
    event.preventDefault();
    const reason = document.getElementById("search-reason");
    try {
      await this.#asking.widen(reason.value);
      reason.value = "";
      this.#query.focus();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      reason.setCustomValidity(error.title || say("search.error"));
      reason.reportValidity();
      reason.addEventListener("input", () => reason.setCustomValidity(""), { once: true });
    }
  }

  // --- going through the results ----------------------------------------------------------

  #links() {
    return [...this.#results.querySelectorAll("a, button")];
  }

  /** The arrows go from the words to the results and back; Enter on the words opens the first. */
  #step(event) {
    if (event.key === "Escape" && !event.isComposing) return this.#leave(event);
    if (event.isComposing || event.target.tagName === "SELECT" || event.target.type === "date") return;
    const links = this.#links();
    if (event.key === "Enter" && event.target === this.#query && this.#asking.state === "ready") {
      event.preventDefault();
      return void links[0]?.click();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !links.length) return;
    event.preventDefault();
    const at = links.indexOf(document.activeElement) + step;
    if (at < 0) this.#query.focus();
    else links[Math.min(at, links.length - 1)].focus();
  }

  /** At once: the browser would first empty the field. */
  #leave(event) {
    event.preventDefault();
    this.#sheet.close();
  }

  #choose(event) {
    const link = event.target.closest("a[data-reference]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    event.preventDefault();
    this.#sheet.close();
    const { reference, number } = link.dataset;
    this.#desk.open(reference);
    this.#desk.threadView.show(reference, Number(number));
  }

  // --- drawing ----------------------------------------------------------------------------

  #draw() {
    const focused = this.#links().indexOf(document.activeElement);
    this.#results.replaceChildren(...drawSearch(this.#asking, this.#desk.addresses.page));
    if (focused >= 0) (this.#links()[focused] ?? this.#query).focus();
    setText(this.#says, searchSays(this.#asking));
    if (!this.#wide) return;
    const isWide = this.#asking.wideUntil_us > 0;
    this.#wide.classList.toggle("search-is-wide", isWide);
    setText(document.getElementById("search-wide-words"), say(isWide ? "search.wide" : "search.widen"));
  }
}

/** Local midnight of a date such as 2026-11-22, `days` later, in microseconds; 0 without a date. */
function midnight_us(date, days) {
  if (!date) return 0;
  const [year, month, day] = date.split("-").map(Number);
  return new Date(year, month - 1, day + days).getTime() * 1000;
}
