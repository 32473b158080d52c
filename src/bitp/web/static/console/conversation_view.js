// The open conversation's header: who, topic, reference, state, and what may be done with it.

import { element, setAttribute, setText, shownName } from "./elements.js";
import { Refusal } from "./requests.js";
import { skeleton, stateNotice } from "./states.js";
import { say } from "./words.js";

const BADGES = { open: "badge-info", waiting: "", snoozed: "", resolved: "badge-good" };

export class ConversationView {
  #desk;
  #state = document.getElementById("conversation-state");
  #open = document.getElementById("conversation-open");
  #topic = document.getElementById("topic");
  #guessed = document.getElementById("topic-guessed");
  #actions = document.getElementById("actions");
  #reference = document.getElementById("reference");
  #busy = "";
  /** What asks first, in a sheet of its own. */
  #asking = { assign: () => this.#desk.assignView.open() };

  constructor(desk) {
    this.#desk = desk;
    desk.signals.on("talk", () => this.#draw());
    this.#topic.addEventListener("change", () => this.#setTopic());
    this.#reference.addEventListener("click", () => this.#copyReference());
    this.#draw();
  }

  /** Take, release, resolve or reopen: at once on the screen, or a sentence why not. */
  async act(name) {
    const { talk } = this.#desk;
    if (this.#busy || talk?.state !== "ready" || !this.#offered().includes(name)) return;
    if (name in this.#asking) return void this.#asking[name]();
    this.#busy = name;
    this.#drawActions();
    try {
      await talk.act(name);
      this.#told(name, talk);
    } catch (error) {
      this.#failed(error, `act.${name}`);
    } finally {
      this.#busy = "";
      this.#drawActions();
    }
  }

  #told(name, talk) {
    if (name !== "resolve") return;
    const undo = () => talk.act("reopen").catch((error) => this.#failed(error, "act.reopen"));
    this.#desk.say("done.resolve", {}, { words: say("undo"), act: undo });
  }

  async #setTopic() {
    const { talk } = this.#desk;
    try {
      await talk.act("topic", { topic: this.#topic.value });
    } catch (error) {
      this.#topic.value = talk.facts.topic;
      this.#failed(error, "act.topic");
    }
  }

  #failed(error, key) {
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 401) return;
    if (error.isOffline) this.#desk.say("act.offline");
    else this.#desk.tell(error.title || say("act.failed", { act: say(key) }));
    this.#desk.talk?.load().catch(() => {});
  }

  async #copyReference() {
    try {
      await navigator.clipboard.writeText(this.#desk.talk.reference);
      this.#desk.say("done.copied", { reference: this.#desk.talk.reference });
    } catch {
      getSelection().selectAllChildren(this.#reference);
    }
  }

  // --- drawing --------------------------------------------------------------------------

  #draw() {
    const { talk } = this.#desk;
    const ready = talk?.state === "ready";
    this.#open.hidden = !ready;
    this.#drawState(talk);
    if (!ready) return;
    this.#drawWho(talk);
    this.#drawFacts(talk);
    this.#drawActions();
  }

  #drawState(talk) {
    const state = talk ? talk.state : "none";
    const shown = state === "ready" ? "" : `${state}:${talk?.reference ?? ""}`;
    if (this.#state.dataset.shown === shown) return;
    this.#state.dataset.shown = shown;
    this.#state.replaceChildren(...(shown ? [this.#stateOf(state, talk)] : []));
  }

  #stateOf(state, talk) {
    if (state === "loading") return skeleton("message-skeleton", 1, 4);
    const again = () => this.#desk.reopen(talk.reference);
    const back = () => this.#desk.close();
    if (state === "none") return stateNotice("conversation.none");
    if (state === "missing") return stateNotice("conversation.missing", { again: back, words: "back" });
    return stateNotice(`conversation.${state}`, { again });
  }

  #drawWho({ facts, reference }) {
    const isContactHere = this.#desk.live.isHere(reference);
    const name = shownName(facts.contact?.name, say("contact.unnamed"));
    setText(document.getElementById("contact-name"), name);
    setAttribute(document.getElementById("contact-name"), "title", name);
    const dot = document.getElementById("contact-presence");
    dot.hidden = !isContactHere;
    dot.classList.toggle("presence-here", isContactHere);
    setAttribute(dot, "title", say("contact.here"));
    setText(document.getElementById("contact-presence-words"), isContactHere ? say("contact.here") : "");
  }

  #drawFacts({ facts, reference }) {
    if (document.activeElement !== this.#topic) this.#topic.value = facts.topic;
    this.#guessed.hidden = !facts.topic_guessed;
    setText(this.#reference, reference);
    setAttribute(this.#reference, "title", say("reference.copy"));
    const status = document.getElementById("status");
    setText(status, say(`status.${facts.status}`));
    status.className = `badge ${BADGES[facts.status] ?? ""}`;
    setText(document.getElementById("assignee"), this.#assignee(facts));
  }

  #assignee({ assignee, status }) {
    if (!assignee) return status === "resolved" ? "" : say("assignee.none");
    if (assignee.id === this.#desk.me.id) return say("assignee.me");
    return say("assignee.other", { name: shownName(assignee.name, say("agent.unnamed")) });
  }

  /** What may be done now, the most likely first. */
  #offered() {
    const { facts } = this.#desk.talk;
    if (facts.status === "resolved") return ["reopen"];
    if (!facts.assignee) return ["take", "assign", "resolve"];
    const isMine = facts.assignee.id === this.#desk.me.id;
    return isMine ? ["resolve", "assign", "release"] : ["assign", "release", "resolve"];
  }

  #drawActions() {
    if (this.#desk.talk?.state !== "ready") return;
    const offered = this.#offered();
    const shown = `${offered.join()}:${this.#busy}`;
    if (this.#actions.dataset.shown === shown) return;
    this.#actions.dataset.shown = shown;
    const focused = this.#actions.contains(document.activeElement);
    this.#actions.replaceChildren(...offered.map((name) => this.#button(name)));
    if (focused) this.#actions.firstElementChild.focus();
  }

  #button(name) {
    const weight = name === "take" ? "button-primary" : ["release", "assign"].includes(name) ? "button-quiet" : "";
    const button = element("button", { type: "button", class: `button button-small ${weight}`.trim() });
    button.textContent = say(`act.${name}`);
    setAttribute(button, "data-act", name);
    setAttribute(button, "title", say(`act.${name}.means`));
    setAttribute(button, "aria-disabled", this.#busy ? "true" : null);
    button.addEventListener("click", () => this.act(name));
    return button;
  }
}
