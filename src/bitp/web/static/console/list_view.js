// The list pane: rows of the current view, search, pages, and every state it can be in.

import { keep, setAttribute, setText } from "./elements.js";
import { drawRow, updateRow } from "./row.js";
import { skeleton, stateNotice } from "./states.js";
import { say } from "./words.js";

// A pause in typing this long starts the search.
const SEARCH_PAUSE_MS = 250;

export class ListView {
  #desk;
  #rows = document.getElementById("list-rows");
  #state = document.getElementById("list-state");
  #pages = document.getElementById("list-pages");
  #search = document.getElementById("search-words");
  #scroll = document.getElementById("list-scroll");
  #timer = 0;
  #order = [];
  #isHeld = false;

  constructor(desk) {
    this.#desk = desk;
    desk.signals.on("lists talk", () => this.#draw());
    this.#search.addEventListener("input", () => this.#searchSoon());
    document.getElementById("search").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#searchNow();
    });
    this.#pages.addEventListener("click", (event) => this.#turn(event.target.dataset?.page));
    this.#holdOrderUnderPointer();
  }

  /** Leaves the search field; true when it was in use. */
  leaveSearch() {
    if (document.activeElement !== this.#search) return false;
    if (this.#search.value) {
      this.#search.value = "";
      this.#searchNow();
    }
    this.#scroll.focus({ preventScroll: true });
    return true;
  }

  /** The reference `step` rows away from the open conversation, or the first one. */
  neighbour(step) {
    const shown = this.#order;
    const at = shown.indexOf(this.#desk.lists.open);
    if (at === -1) return shown[0] ?? "";
    return shown[at + step] ?? "";
  }

  /** Brings the open conversation's row into sight. */
  reveal(reference) {
    const row = this.#rows.querySelector(`[data-reference="${CSS.escape(reference)}"]`);
    row?.scrollIntoView({ block: "nearest" });
  }

  // Rows must not move away from under a pointer that is about to press one.
  #holdOrderUnderPointer() {
    this.#rows.addEventListener("pointerenter", (event) => {
      this.#isHeld = event.pointerType === "mouse";
    });
    this.#rows.addEventListener("pointerleave", () => {
      this.#isHeld = false;
      this.#draw();
    });
  }

  #searchSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#searchNow(), SEARCH_PAUSE_MS);
  }

  #searchNow() {
    clearTimeout(this.#timer);
    const search = this.#search.value.trim();
    if (search !== this.#desk.lists.search) this.#desk.lists.show({ search });
  }

  #turn(way) {
    const { lists } = this.#desk;
    const { page, pages } = lists.views[lists.view];
    const next = way === "next" ? page + 1 : page - 1;
    if (!way || next < 1 || next > pages) return;
    lists.show({ page: next });
    this.#scroll.scrollTop = 0;
  }

  #sorted() {
    const rows = this.#desk.lists.shown();
    if (!this.#isHeld) return rows;
    const place = new Map(this.#order.map((reference, index) => [reference, index]));
    const end = this.#order.length;
    return rows.sort((a, b) => (place.get(a.reference) ?? end) - (place.get(b.reference) ?? end));
  }

  #draw() {
    const { lists, me } = this.#desk;
    const rows = this.#sorted();
    this.#order = rows.map((row) => row.reference);
    setText(document.getElementById("list-title"), say(`view.${lists.view}`));
    const context = { me, view: lists.view, open: lists.open };
    const draw = (row) => drawRow(row, this.#desk.addresses.page + row.reference);
    const update = (drawn, row) => updateRow(drawn, row, context);
    keep(this.#rows, rows, (row) => row.reference, draw, update);
    this.#drawState(rows.length);
    this.#drawPages();
  }

  #drawState(count) {
    const { lists } = this.#desk;
    const { state } = lists.views[lists.view];
    const shown = count ? "" : `${state}:${lists.view}:${lists.search}`;
    if (this.#state.dataset.shown === shown) return;
    this.#state.dataset.shown = shown;
    this.#state.hidden = !shown;
    this.#state.replaceChildren(...(shown ? [this.#stateOf(state)] : []));
  }

  #stateOf(state) {
    const { lists } = this.#desk;
    if (state === "loading") return skeleton("row-skeleton", 6, 2);
    const again = () => lists.refresh();
    if (state !== "ready") return stateNotice(`list.${state}`, { again });
    if (lists.search) return stateNotice("list.nothing_found", { values: { words: lists.search } });
    return stateNotice(`list.empty_${lists.view}`);
  }

  #drawPages() {
    const { lists } = this.#desk;
    const { page, pages } = lists.views[lists.view];
    this.#pages.hidden = pages <= 1;
    setText(this.#pages.querySelector("[data-where]"), say("list.page", { page, pages }));
    setAttribute(this.#pages.querySelector('[data-page="previous"]'), "disabled", page <= 1);
    setAttribute(this.#pages.querySelector('[data-page="next"]'), "disabled", page >= pages);
  }
}
