// The rail: the views with their counts, and unread in the title.

import { initials, setAttribute, setText } from "./elements.js";
import { language, say } from "./words.js";

export class Rail {
  #desk;
  #links = [...document.querySelectorAll("#rail [data-view]")];

  constructor(desk) {
    this.#desk = desk;
    setText(document.getElementById("me-initials"), initials(desk.me.name));
    desk.signals.on("lists", () => this.#draw());
    for (const link of this.#links) link.addEventListener("click", (event) => this.#choose(event, link));
    const language = document.getElementById("language");
    language.addEventListener("submit", () => language.elements.next.setAttribute("value", location.pathname));
    document.getElementById("sign-out").addEventListener("submit", () => desk.leave());
  }

  #choose(event, link) {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    this.#desk.showView(link.dataset.view);
  }

  #draw() {
    const { lists } = this.#desk;
    const number = new Intl.NumberFormat(language());
    for (const link of this.#links) {
      const { view } = link.dataset;
      setAttribute(link, "aria-current", view === lists.view && "true");
      const count = lists.counts[view];
      setText(link.querySelector("[data-count]"), count === undefined ? "" : number.format(count));
    }
    const unread = lists.unread();
    document.title = unread ? say("title.unread", { count: unread }) : say("title");
  }
}
