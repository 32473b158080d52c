// The sheet in which the open conversation is given to somebody, with a summary for staff.

import { newId } from "../client/outbox.js";
import { element, setText, shownName } from "./elements.js";
import { Refusal } from "./requests.js";
import { say } from "./words.js";

// A summary in a notice is cut to this; the whole of it stands in the conversation.
const SUMMARY_SHOWN = 120;

export class AssignView {
  #desk;
  #sheet = document.getElementById("assign-sheet");
  #form = document.getElementById("assign-form");
  #people = document.getElementById("assign-people");
  #summary = document.getElementById("assign-summary");
  #error = document.getElementById("assign-error");
  #do = document.getElementById("assign-do");
  #talk = null;
  #hadBy = null;
  #cid = "";
  #isBusy = false;

  constructor(desk) {
    this.#desk = desk;
    this.#sheet.querySelector("[data-close]").addEventListener("click", () => this.#sheet.close());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#assign();
    });
    this.#sheet.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Opens the sheet for the open conversation, with who is here. */
  open() {
    const { talk } = this.#desk;
    if (talk?.state !== "ready" || talk.facts.status === "resolved") return;
    if (document.querySelector("dialog[open]")) return;
    if (talk !== this.#talk) this.#summary.value = "";
    this.#talk = talk;
    this.#hadBy = talk.facts.assignee?.id ?? null;
    this.#cid = newId();
    setText(this.#error, "");
    this.#sheet.showModal();
    this.#load();
  }

  /** Somebody gave a conversation to this member: said at once, with the way to it. */
  hear({ conversation, by }) {
    if (!conversation || !by || by.id === this.#desk.me.id) return;
    const { reference, last_text: text } = conversation;
    const summary = text.length > SUMMARY_SHOWN ? `${text.slice(0, SUMMARY_SHOWN)} …` : text;
    const way = { words: say("given.open"), act: () => this.#desk.open(reference) };
    const name = shownName(by.name, say("agent.unnamed"));
    this.#desk.say("given.with", { by: name, reference, summary }, way);
  }

  // --- who ------------------------------------------------------------------------------

  async #load() {
    this.#people.replaceChildren(element("p", { class: "muted" }, say("assign.loading")));
    try {
      const { colleagues } = await this.#desk.requests.get(this.#desk.addresses.colleagues);
      this.#drawPeople(colleagues);
    } catch (error) {
      this.#failed(error);
    }
  }

  #drawPeople(colleagues) {
    const { me } = this.#desk;
    const others = colleagues.filter(({ id }) => id !== this.#hadBy);
    others.sort((a, b) => (b.id === me.id) - (a.id === me.id));
    this.#people.replaceChildren(...others.map((each, index) => this.#person(each, index === 0)));
    if (!others.length) setText(this.#people, say("assign.nobody"));
    this.#people.querySelector("input")?.focus();
  }

  #person({ id, name, state, chats }, isFirst) {
    const shown = id === this.#desk.me.id ? say("assign.me") : shownName(name, say("agent.unnamed"));
    const more = `${say(`assign.state_${state}`)} · ${say("assign.chats", { n: chats })}`;
    return element(
      "label",
      { class: "choice" },
      element("input", { type: "radio", name: "to", value: id, checked: isFirst, required: true }),
      element("bdi", { class: "choice-name" }, shown),
      element("span", { class: "choice-more" }, more),
    );
  }

  // --- giving it ------------------------------------------------------------------------

  #key(event) {
    const sends = event.key === "Enter" && !event.isComposing && (event.metaKey || event.ctrlKey);
    if (!sends) return;
    event.preventDefault();
    this.#form.requestSubmit();
  }

  async #assign() {
    const chosen = this.#people.querySelector("input:checked");
    if (!chosen || this.#isBusy) return;
    this.#isBusy = this.#do.disabled = true;
    try {
      await this.#talk.act("assign", this.#body(Number(chosen.value)));
      this.#done(chosen.parentElement.querySelector("bdi").textContent);
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#isBusy = this.#do.disabled = false;
    }
  }

  #body(to) {
    return { to, had_by: this.#hadBy, summary: this.#summary.value, cid: this.#cid };
  }

  #done(name) {
    this.#summary.value = "";
    this.#sheet.close();
    this.#desk.say("done.assigned", { name });
  }

  /** What was written stays; who has it now is shown before one tries again. */
  async #failed(error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 401) return this.#sheet.close();
    const offline = error.isOffline ? say("act.offline") : "";
    setText(this.#error, offline || error.title || say("act.failed", { act: say("act.assign") }));
    if (error.code !== "moved_on") return undefined;
    await this.#talk.load().catch(() => {});
    this.#hadBy = this.#talk.facts.assignee?.id ?? null;
    return this.#load();
  }
}
