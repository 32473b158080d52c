/** One conversation: who is there, what was said, and where one writes. */

import { opening } from "../client/words.js";
import { Composer } from "./composer.js";
import { button, el, face, iconButton, say } from "./dom.js";
import { Log } from "./log.js";
import { PLACE_MS } from "./talks.js";

const TYPING_CHECK_MS = 1_000;

export class TalkScreen {
  #context;
  #words;
  #place = 0;
  #typing = 0;
  #savedTo = "";

  /** context: {words, language, visit, redact, home, begin, close, failed} (app.js). */
  constructor(context, talk) {
    this.#context = context;
    this.#words = context.words;
    this.talk = talk;
    this.log = new Log({
      words: context.words,
      language: context.language,
      on: {
        retry: (cid) => this.#talks.retry(cid),
        discard: (cid) => this.#talks.discard(cid),
        files: (files, drawn) => this.#withFiles((module, context) => drawn(module.draw(context, files))),
        earlier: () => this.#talks.loadEarlier(talk).catch(context.failed),
      },
    });
    this.#buildHead();
    this.#buildFoot();
    this.typing = el("p", { class: "typing" });
    this.element = el("div", { class: "talk" }, this.queue, this.log.element, this.log.newest, this.typing, this.address, this.over, this.composer.element);
    this.#place = setInterval(() => this.#refreshPlace(), PLACE_MS);
  }

  get #talks() {
    return this.#context.visit.talks;
  }

  async begin() {
    this.refresh();
    await this.#talks.watch(this.talk).catch(this.#context.failed);
    await this.#refreshPlace();
    this.refresh();
  }

  focus() {
    if (this.composer.element.hidden) this.log.element.focus();
    else this.composer.focus();
  }

  escape() {
    return this.composer.closeEmoji();
  }

  leave() {
    clearInterval(this.#place);
    clearTimeout(this.#typing);
    this.composer.leave();
    this.#talks.watch(null);
  }

  refresh() {
    const { visit } = this.#context;
    const isOnline = visit.line.state === "online";
    this.log.refresh(this.talk.thread, { isOnline, isLoaded: this.talk.isLoaded || !this.talk.reference });
    this.#refreshHead();
    this.#refreshQueue();
    this.#refreshTyping();
    this.#refreshFoot();
  }

  async #withFiles(act) {
    const context = this.#context;
    try {
      act(await import(context.shell.asset("files.js")), context);
    } catch (error) {
      context.failed(error);
    }
  }

  // --- head -----------------------------------------------------------------------------

  #buildHead() {
    this.face = el("span", { class: "head-face" });
    this.name = el("span", { class: "head-name" });
    this.role = el("span", { class: "head-role" });
    this.head = [
      iconButton("back", this.#words.back, () => this.#context.home()),
      this.face,
      el("h2", { class: "head-title", id: "bitp-title", tabindex: "-1" }, this.name, this.role),
    ];
    this.queue = el("p", { class: "queue", role: "status" });
  }

  #refreshHead() {
    const { agent } = this.talk.facts;
    const name = agent?.name ?? this.#words.us;
    if (this.name.textContent !== name) this.face.replaceChildren(face(name));
    say(this.name, name);
    say(this.role, [this.#roleText(agent), this.talk.reference].filter(Boolean).join(" · "));
  }

  #roleText(agent) {
    if (!agent) return this.talk.isOver ? "" : this.#words.waitingForPerson;
    return agent.stand_in ? this.#words.standIn : this.#words.person;
  }

  #refreshQueue() {
    const text = this.#queueText();
    say(this.queue, text);
    this.queue.hidden = !text;
  }

  #queueText() {
    const { position, wait_minutes: minutes, agent } = this.talk.facts;
    if (agent || this.talk.isOver || !this.talk.reference) return "";
    const there = this.#availability;
    if (!there.open) return this.#nobody(there);
    if (!position) return "";
    return minutes ? this.#words.positionWait(position, minutes) : this.#words.position(position);
  }

  get #availability() {
    return this.#talks.availability ?? this.#context.visit.answer.availability;
  }

  #nobody({ opens_at: opens }) {
    const until = opens ? this.#words.nobodyUntil(opening(opens, this.#context.language)) : this.#words.nobodyUnknown;
    return this.#words.nobody + (this.#context.language === "zh-hans" ? "" : " ") + until;
  }

  async #refreshPlace() {
    if (!this.#context.isSeen()) return;
    await this.#talks.refreshPlace().catch(() => {});
  }

  #refreshTyping() {
    const name = this.talk.thread.typing();
    say(this.typing, name === null ? "" : name ? this.#words.typing(name) : this.#words.someoneTyping);
    clearTimeout(this.#typing);
    if (name !== null) this.#typing = setTimeout(() => this.#refreshTyping(), TYPING_CHECK_MS);
  }

  // --- foot -----------------------------------------------------------------------------

  #buildFoot() {
    const { visit, redact } = this.#context;
    this.composer = new Composer({
      words: this.#words,
      placeholder: this.#words.write,
      draft: visit.draft(this.talk.key),
      redact,
      onsend: (text, files) => this.#talks.say(this.talk, text, files),
      attach: (files) => this.#withFiles((module, context) => module.attach(context, this.talk, this.composer, files)),
      ontyping: (on) => this.#talks.typing(this.talk, on),
      keepDraft: (text) => visit.keepDraft(this.talk.key, text),
    });
    this.reopen = button(this.#words.reopen, () => this.#reopen());
    this.over = el("div", { class: "over" }, el("p", {}, this.#words.closed), el("div", { class: "buttons" }, this.reopen, button(this.#words.begin, () => this.#context.begin({}), "primary")));
    this.#buildAddress();
  }

  #refreshFoot() {
    const { isOver, facts } = this.talk;
    const had = this.over.hidden;
    this.over.hidden = !isOver;
    this.composer.element.hidden = isOver;
    this.reopen.hidden = !facts.can_reopen;
    // Whoever was writing when it was closed keeps a place to stand.
    if (isOver && had && this.composer.element.matches(":focus-within")) this.over.querySelector("button").focus();
    // Nobody loses a half-written address because somebody joined meanwhile.
    this.address.hidden = !this.#asksForAddress && !this.address.matches(":focus-within");
  }

  /** No person is there, and we would not know where to send the answer. */
  get #asksForAddress() {
    const { subject } = this.#context.visit.answer;
    const { agent } = this.talk.facts;
    const isAlone = !this.#availability.open && (!agent || agent.stand_in);
    return Boolean(this.talk.reference && !this.talk.isOver && (this.#savedTo || (isAlone && !subject.email_known)));
  }

  #buildAddress() {
    const field = el("input", { type: "email", class: "line", id: "bitp-email", name: "email", autocomplete: "email", inputmode: "email", required: true, "aria-describedby": "bitp-email-wrong" });
    const wrong = el("p", { class: "wrong", id: "bitp-email-wrong", role: "alert" });
    this.address = el(
      "form",
      { class: "address", novalidate: true, hidden: true, on: { submit: (event) => this.#leaveAddress(event, field, wrong) } },
      el("label", { for: "bitp-email" }, this.#words.addressAsk),
      el("div", { class: "address-line" }, field, el("button", { type: "submit", class: "button primary" }, this.#words.addressSave)),
      wrong,
    );
    field.placeholder = this.#words.address;
  }

  async #leaveAddress(event, field, wrong) {
    event.preventDefault();
    say(wrong, "");
    try {
      if (!field.value.trim() || !field.validity.valid) throw Object.assign(new Error(), { code: "bad_address" });
      await this.#talks.leaveAddress(this.talk, field.value.trim());
    } catch (error) {
      const isWrong = error.code === "bad_address" || error.code === "bad_body";
      say(wrong, isWrong ? this.#words.addressBad : this.#words.failed);
      field.setAttribute("aria-invalid", String(isWrong));
      field.focus();
      return;
    }
    this.#savedTo = field.value.trim();
    this.#context.visit.answer.subject.email_known = true;
    this.address.replaceChildren(el("p", { role: "status" }, this.#words.addressSaved(this.#savedTo)));
  }

  async #reopen() {
    this.reopen.disabled = true;
    try {
      await this.#talks.reopen(this.talk);
    } catch (error) {
      this.#context.failed(error);
    } finally {
      this.reopen.disabled = false;
    }
  }
}
