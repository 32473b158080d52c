/** The first screen: who is here, what it is about, one's conversations, and a place to write. */

import { list, opening, relative } from "../client/words.js";
import { Composer } from "./composer.js";
import { el, face, icon, say, set } from "./dom.js";

const TOPICS = ["account", "deposit", "withdrawal", "order", "security", "privacy", "other"];
const CONVERSATIONS_SHOWN = 5;
const FACES_SHOWN = 4;
const NEW = "new";

export class HomeScreen {
  #context;
  #words;
  #topic;
  #about;

  /** context as of TalkScreen; options: {topic, about} of BitP.open. */
  constructor(context, { topic = "", about = "" } = {}) {
    this.#context = context;
    this.#words = context.words;
    this.#topic = TOPICS.includes(topic) ? topic : "";
    this.#about = about;
    this.head = [el("h2", { class: "head-title", id: "bitp-title", tabindex: "-1" }, context.words.title)];
    this.#buildComposer();
    this.talks = el("div", { class: "talks" });
    this.element = el(
      "div",
      { class: "home" },
      el("div", { class: "home-scroll" }, this.#welcome(), this.#buildTopics(), this.talks, this.#ways()),
      this.#attached(),
      this.composer.element,
    );
  }

  begin() {
    this.refresh();
  }

  focus() {
    this.composer.focus();
  }

  escape() {
    return this.composer.closeEmoji();
  }

  leave() {
    this.composer.leave();
  }

  refresh() {
    const talks = this.#context.visit.talks.list().slice(0, CONVERSATIONS_SHOWN);
    const rows = talks.map((talk) => this.#row(talk));
    const title = el("h3", { class: "label" }, this.#words.yours);
    this.talks.replaceChildren(...(rows.length ? [title, el("ul", { class: "talk-list" }, rows)] : []));
  }

  #welcome() {
    const { availability: there } = this.#context.visit.answer;
    return el(
      "div",
      { class: "welcome" },
      el("h3", { class: "help" }, this.#words.help),
      there.open ? this.#here(there) : null,
      el("p", { class: "wait" }, this.#waitText(there)),
    );
  }

  #here({ agents }) {
    const faces = agents.slice(0, FACES_SHOWN).map((name) => face(name));
    const names = this.#words.hereNow(list(agents, this.#context.language));
    return el("p", { class: "here" }, el("span", { class: "faces" }, faces), el("span", {}, names));
  }

  #waitText({ open, waiting, wait_minutes: minutes, opens_at: opens }) {
    const words = this.#words;
    if (!open) {
      const until = opens ? words.nobodyUntil(opening(opens, this.#context.language)) : words.nobodyUnknown;
      return [words.nobody, until, words.nobodyLeave].join(this.#context.language === "zh-hans" ? "" : " ");
    }
    if (!waiting) return words.waitNone;
    return minutes ? words.waitMinutes(minutes) : words.waitPeople(waiting);
  }

  // --- topics ---------------------------------------------------------------------------

  #buildTopics() {
    this.chips = TOPICS.map((topic) =>
      el("button", { type: "button", class: "chip", on: { click: () => this.#choose(topic) } }, this.#words.topics[topic]),
    );
    this.#showTopic();
    return el("div", { class: "topics", role: "group", "aria-label": this.#words.topic }, this.chips);
  }

  #choose(topic) {
    this.#topic = this.#topic === topic ? "" : topic;
    this.#showTopic();
    this.composer.focus();
  }

  #showTopic() {
    this.chips.forEach((chip, index) => set(chip, "aria-pressed", String(TOPICS[index] === this.#topic)));
    this.composer.placeholder = this.#words.about[this.#topic] ?? this.#words.write;
  }

  // --- conversations --------------------------------------------------------------------

  #row(talk) {
    const last = talk.thread.rows().findLast((row) => row.text);
    const text = (last?.text ?? talk.facts.last_text ?? "").replace(/⟦[^⟧]*⟧/g, "•••");
    const at_us = last?.at_us ?? talk.facts.last_us;
    const name = talk.facts.agent?.name ?? this.#words.topics[talk.facts.topic ?? talk.topic] ?? this.#words.us;
    const count = talk.unread ? el("span", { class: "badge" }, this.#words.unread(talk.unread)) : null;
    return el(
      "li",
      {},
      el(
        "button",
        { type: "button", class: "talk-row", on: { click: () => this.#context.talk(talk) } },
        face(name),
        el("span", { class: "talk-words" }, el("span", { class: "talk-name" }, name), el("span", { class: "talk-last", dir: "auto" }, text)),
        el("span", { class: "talk-side" }, at_us ? el("time", {}, relative(at_us, this.#context.language)) : null, count),
      ),
    );
  }

  // --- the rest -------------------------------------------------------------------------

  #ways() {
    const { ways } = this.#context.visit.answer;
    return el("div", { class: "ways" }, ways.length ? el("h3", { class: "label" }, this.#words.ways) : null, wayList(ways, this.#words), this.#real());
  }

  #real() {
    const check = el("a", { href: this.#context.checkUrl, target: "_blank", rel: "noopener" }, this.#words.realCheck);
    return el("p", { class: "real" }, icon("shield"), el("span", {}, this.#words.real, " ", check));
  }

  #attached() {
    if (!this.#about) return null;
    const line = el("p", { class: "attached" }, el("span", {}, this.#words.attached));
    const off = () => {
      this.#about = "";
      line.remove();
      this.composer.focus();
    };
    line.append(el("button", { type: "button", class: "link", on: { click: off } }, this.#words.detach));
    return line;
  }

  #buildComposer() {
    const { visit, redact } = this.#context;
    this.composer = new Composer({
      words: this.#words,
      placeholder: this.#words.write,
      draft: visit.draft(NEW),
      redact,
      onsend: (text) => this.#send(text),
      keepDraft: (text) => visit.keepDraft(NEW, text),
    });
  }

  /** The first message makes a talk; the composer empties before the screen changes. */
  #send(text) {
    const { talks } = this.#context.visit;
    const talk = talks.create({ topic: this.#topic, about: this.#about });
    talks.say(talk, text);
    queueMicrotask(() => this.#context.talk(talk));
  }
}

/** The ways that are connected, as links; an empty list shows nothing. */
export function wayList(ways, words) {
  if (!ways.length) return null;
  return el(
    "ul",
    { class: "way-list" },
    ways.map(({ kind, address, link }) =>
      el(
        "li",
        {},
        el("a", { href: link, target: kind === "email" || kind === "phone" ? null : "_blank", rel: "noopener" }, words.way[kind] ?? kind),
        el("span", { class: "way-address", dir: "ltr" }, address),
        kind === "email" ? el("span", { class: "way-promise" }, words.emailPromise) : null,
      ),
    ),
  );
}
