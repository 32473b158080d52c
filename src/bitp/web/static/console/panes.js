// Which pane is in front where they do not all fit, what a link opens, and the way back.

import { setAttribute } from "./elements.js";

const WIDE = matchMedia("(min-width: 1200px)");
const NARROW = matchMedia("(max-width: 719px)");

export class Panes {
  #desk;
  #toggle = document.getElementById("toggle-context");

  constructor(desk) {
    this.#desk = desk;
    document.getElementById("back-to-list").addEventListener("click", () => this.show("list"));
    document.getElementById("close-context").addEventListener("click", () => this.show("conversation"));
    this.#toggle.addEventListener("click", () => this.#toggleContext());
    document.addEventListener("click", (event) => this.#follow(event));
    addEventListener("popstate", () => this.#goBack());
    WIDE.addEventListener("change", () => this.#draw());
    setAttribute(document.body, "data-context", desk.preferences.get("context", "open"));
    this.#draw();
  }

  /** Brings "list", "conversation" or "context" to the front. */
  show(pane) {
    const was = document.body.dataset.pane;
    setAttribute(document.body, "data-pane", pane);
    this.#draw();
    if (was !== pane && NARROW.matches) this.#focus(pane);
  }

  /** One step back; true when there was one. */
  back() {
    const { pane } = document.body.dataset;
    if (pane === "list" || (WIDE.matches && pane !== "context")) return false;
    this.show(pane === "context" ? "conversation" : "list");
    return true;
  }

  #focus(pane) {
    const place = { list: "list-scroll", conversation: "conversation", context: "panels" }[pane];
    document.getElementById(place).focus({ preventScroll: true });
  }

  #toggleContext() {
    if (!WIDE.matches) {
      return this.show(document.body.dataset.pane === "context" ? "conversation" : "context");
    }
    const context = document.body.dataset.context === "open" ? "closed" : "open";
    setAttribute(document.body, "data-context", context);
    this.#desk.preferences.set("context", context);
    return this.#draw();
  }

  #draw() {
    const { pane, context } = document.body.dataset;
    const shown = WIDE.matches ? context === "open" : pane === "context";
    setAttribute(this.#toggle, "aria-expanded", String(shown));
  }

  /** Links to conversations open in place; with a modifier the browser does what it does. */
  #follow(event) {
    const link = event.target.closest?.("a[data-conversation]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    event.preventDefault();
    this.#desk.open(link.dataset.conversation);
  }

  #goBack() {
    const { addresses } = this.#desk;
    const { pathname } = location;
    if (!pathname.startsWith(addresses.page)) return this.#desk.close({ remember: false });
    return this.#desk.open(pathname.slice(addresses.page.length), { remember: false });
  }
}
