// The context pane: the panels that the server's domains draw about who is asking.

import { element, keep, setAttribute } from "./elements.js";
import { showMoment } from "./moments.js";
import { Refusal } from "./requests.js";
import { skeleton, stateNotice } from "./states.js";

// However much happens in a conversation, its panels are asked for at most this often.
const REFRESH_MS = 4_000;
// Panels that could not be refreshed stay as they were, and are asked for again after this.
const AGAIN_MS = 15_000;

export class ContextView {
  #desk;
  #panels = document.getElementById("panels");
  #talk = null;
  #basis = "";
  #timer = 0;
  #asked = 0;

  constructor(desk) {
    this.#desk = desk;
    desk.signals.on("talk", () => this.#follow());
    this.#panels.addEventListener("toggle", (event) => this.#folded(event), true);
  }

  /** The panels change with who asks, how well proven, and the conversation's facts. */
  #follow() {
    const { talk } = this.#desk;
    if (talk !== this.#talk) this.#begin(talk);
    setAttribute(document.body, "data-talk", talk && talk.state !== "missing" ? "open" : "none");
    if (talk?.state !== "ready") return;
    const level = talk.thread.rows().findLast((row) => row.author.kind === "contact")?.level;
    const { topic, status, assignee } = talk.facts;
    const basis = [talk.reference, level, topic, status, assignee?.id].join();
    if (basis === this.#basis) return;
    const first = !this.#basis;
    this.#basis = basis;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#load(), first ? 0 : REFRESH_MS);
  }

  #begin(talk) {
    this.#talk = talk;
    this.#basis = "";
    clearTimeout(this.#timer);
    this.#show(talk ? skeleton("row-skeleton", 3, 2) : null);
  }

  async #load() {
    const asked = ++this.#asked;
    const { requests, addresses } = this.#desk;
    try {
      const { reference } = this.#talk;
      const { panels } = await requests.get(`${addresses.conversation}${reference}/panels`);
      if (asked === this.#asked) this.#drawPanels(panels);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (asked === this.#asked) this.#fail();
    }
  }

  #fail() {
    if (!this.#panels.querySelector(".panel")) {
      return this.#show(stateNotice("context.error", { again: () => this.#load() }));
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#load(), AGAIN_MS);
    return undefined;
  }

  #show(only) {
    keep(this.#panels, [], (panel) => panel.key, this.#drawPanel, () => {});
    this.#panels.replaceChildren(...(only ? [only] : []));
  }

  #drawPanels(panels) {
    for (const other of [...this.#panels.children]) if (!other.matches(".panel")) other.remove();
    const draw = (panel) => this.#drawPanel(panel);
    keep(this.#panels, panels, (panel) => panel.key, draw, updatePanel);
  }

  #drawPanel(panel) {
    const folded = this.#desk.preferences.get(`folded.${panel.key}`, false);
    const title = element("summary", { class: "panel-title" });
    const drawn = element("details", { class: "panel", "data-panel": panel.key, open: !folded }, title);
    drawn.append(element("div", { class: "panel-inside" }));
    return drawn;
  }

  #folded({ target }) {
    if (target.matches(".panel")) this.#desk.preferences.set(`folded.${target.dataset.panel}`, !target.open);
  }
}

/** A panel's inside is HTML that our own server escaped; scripts in it would not run (CSP). */
function updatePanel(drawn, panel) {
  if (drawn.shown === panel.html) return;
  drawn.shown = panel.html;
  const template = document.createElement("template");
  template.innerHTML = panel.html;
  for (const time of template.content.querySelectorAll("time[data-at-us]")) {
    showMoment(time, Number(time.dataset.atUs));
  }
  drawn.querySelector(".panel-inside").replaceChildren(template.content);
  drawn.querySelector(".panel-title").textContent = panel.title;
  setAttribute(drawn, "data-failed", panel.failed);
}
