// Where a member writes: reply or note, each with its own text, draft and look.

import { FileTray, uploading } from "../client/files.js";
import { FILES_WORDS } from "../client/files_words.js";
import { MESSAGE_CHARACTERS_MAX, OutboxError } from "../client/outbox.js";
import { element, setAttribute, setText, shownName } from "./elements.js";
import { SEND_KEYS } from "./platform.js";
import { TypingTeller } from "./typing.js";
import { say } from "./words.js";

// The count is shown when this much room is left.
const COUNT_FROM = 500;
const MODES = ["reply", "note"];
const FILES = "/console/attachments";

export class Composer {
  #desk;
  #form = document.getElementById("composer");
  #text = document.getElementById("composer-text");
  #warning = document.getElementById("composer-warning");
  #kept = document.getElementById("draft-kept");
  #enterSends = document.getElementById("enter-sends");
  #texts = { reply: "", note: "" };
  #mode = "reply";
  #talk = null;
  #isLoaded = false;
  #begunAfter = 0;
  #typing;
  #tray;

  constructor(desk) {
    this.#desk = desk;
    this.#typing = new TypingTeller(desk.line);
    this.#enterSends.checked = desk.preferences.get("enter_sends", false);
    this.#enterSends.addEventListener("change", () => this.#chooseEnter());
    this.#text.addEventListener("input", () => this.#wrote());
    this.#text.addEventListener("keydown", (event) => this.#key(event));
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    for (const mode of MODES) this.#tab(mode).addEventListener("click", () => this.write(mode));
    this.#form.querySelector('[role="tablist"]').addEventListener("keydown", (event) => this.#tabKey(event));
    desk.signals.on("talk", () => this.#follow());
    this.#takeFiles();
    this.#chooseEnter();
    this.#drawMode();
  }

  /** Brings the cursor into the reply or the note. */
  write(mode) {
    this.#choose(mode);
    this.#text.focus();
  }

  /** Puts a text that was not sent back where it was written. */
  putBack(mode, text) {
    this.#choose(mode);
    const before = this.#text.value.trim();
    this.#text.value = before ? `${text}\n${before}` : text;
    this.#wrote();
    this.#text.focus();
  }

  /** Leaves the field; true when it was in use. */
  leave() {
    if (!this.#form.contains(document.activeElement)) return false;
    document.activeElement.blur();
    document.getElementById("thread").focus({ preventScroll: true });
    return true;
  }

  // --- files ----------------------------------------------------------------------------

  /** By button, by paste, by drop; they go with the reply or note that is sent next. */
  #takeFiles() {
    this.#tray = new FileTray({
      words: FILES_WORDS[document.documentElement.lang.startsWith("zh") ? "zh-hans" : "en"],
      start: (file, onprogress) => uploading(this.#filesAddress(), this.#desk.requests.headers, file, onprogress),
      discard: (reference) => this.#desk.requests.post(`${FILES}/${reference}/discard`).catch(() => {}),
      changed: () => setAttribute(document.getElementById("send"), "aria-busy", this.#tray?.isBusy ? "true" : null),
    });
    this.#text.before(this.#tray.element);
    const input = document.getElementById("composer-files");
    document.getElementById("attach").addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      this.#addFiles([...input.files]);
      input.value = "";
    });
    for (const kind of ["paste", "dragover", "drop"]) this.#form.addEventListener(kind, (event) => this.#dropped(event));
  }

  #filesAddress() {
    return `${FILES}?conversation=${this.#talk.reference}`;
  }

  #dropped(event) {
    const data = event.clipboardData ?? event.dataTransfer;
    if (!data?.types.includes("Files")) return;
    event.preventDefault();
    if (data.files.length) this.#addFiles([...data.files]);
  }

  #addFiles(files) {
    if (this.#isLoaded) this.#tray.add(files);
    this.#text.focus();
  }

  // --- which conversation ---------------------------------------------------------------

  #follow() {
    const { talk } = this.#desk;
    if (talk !== this.#talk) this.#begin(talk);
    if (talk?.state === "ready" && !this.#isLoaded) this.#load();
    if (this.#isLoaded) this.#warnOfReply(false);
  }

  #begin(talk) {
    this.#typing.stop();
    this.#desk.drafts.flush();
    this.#tray.leave();
    this.#talk = talk;
    this.#isLoaded = false;
    this.#texts = { reply: "", note: "" };
    this.#text.value = "";
    this.#warn(null);
    this.#choose("reply");
  }

  #load() {
    this.#isLoaded = true;
    const { reference, drafts } = this.#talk;
    for (const mode of MODES) this.#texts[mode] = this.#desk.drafts.read(reference, mode, drafts);
    this.#text.value = this.#texts[this.#mode];
    this.#choose(this.#texts.reply || !this.#texts.note ? "reply" : "note");
    this.#begunAfter = this.#lastOfOthers();
    this.#drawCount();
  }

  // --- writing --------------------------------------------------------------------------

  #wrote() {
    const was = this.#texts[this.#mode];
    const { value } = this.#text;
    this.#texts[this.#mode] = value;
    if (!was && value) this.#begunAfter = this.#lastOfOthers();
    this.#desk.drafts.write(this.#talk.reference, this.#mode, value);
    setText(this.#kept, "");
    this.#drawCount();
    // A note is nobody's business on the other side.
    this.#typing.tell(this.#talk.reference, this.#mode === "reply" && value !== "");
  }

  #key(event) {
    // The Enter that ends a composition (Chinese, Japanese …) belongs to the input method.
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    const always = event.metaKey || event.ctrlKey;
    if (!always && (!this.#enterSends.checked || event.shiftKey || event.altKey)) return;
    event.preventDefault();
    this.send();
  }

  // --- sending --------------------------------------------------------------------------

  /** Sends what stands there; first says so if somebody else replied meanwhile. */
  send({ anyway = false } = {}) {
    const body = this.#text.value.trim();
    const files = this.#tray.ready();
    if (!this.#isLoaded || this.#tray.isBusy || !(body || files.length)) return;
    if (!anyway && this.#mode === "reply" && this.#warnOfReply(true)) return;
    try {
      this.#desk.post({ body, files, note: this.#mode === "note" });
    } catch (error) {
      if (!(error instanceof OutboxError)) throw error;
      this.#warn(say(`refused.${error.code}`));
      return;
    }
    this.#sent();
  }

  #sent() {
    this.#tray.clear();
    this.#typing.stop();
    this.#warn(null);
    this.#text.value = this.#texts[this.#mode] = "";
    this.#desk.drafts.write(this.#talk.reference, this.#mode, "");
    this.#desk.drafts.flush();
    this.#begunAfter = this.#lastOfOthers();
    this.#drawCount();
  }

  #lastOfOthers() {
    return this.#talk.lastReplyOfOthers?.number ?? 0;
  }

  /** Warns if a colleague replied since this text was begun; true when it did. */
  #warnOfReply(atSend) {
    const reply = this.#talk.lastReplyOfOthers;
    const isNew = Boolean(this.#texts.reply.trim()) && reply && reply.number > this.#begunAfter;
    if (!isNew) return false;
    if (!atSend) return true;
    const name = shownName(reply.author.name, say("agent.unnamed"));
    this.#warn(say("composer.replied", { name }), [
      ["composer.look", () => this.#look()],
      ["composer.anyway", () => this.send({ anyway: true })],
    ]);
    return true;
  }

  #look() {
    this.#begunAfter = this.#lastOfOthers();
    this.#warn(null);
    this.#desk.threadView.toEnd();
  }

  #warn(words, ways = []) {
    this.#warning.hidden = !words;
    const buttons = ways.map(([key, act]) =>
      element("button", { type: "button", class: "button button-small", on: { click: act } }, say(key)),
    );
    this.#warning.replaceChildren(...(words ? [element("p", {}, words), ...buttons] : []));
    buttons[0]?.focus();
  }

  // --- look -----------------------------------------------------------------------------

  #tab(mode) {
    return document.getElementById(`tab-${mode}`);
  }

  #choose(mode) {
    this.#texts[this.#mode] = this.#text.value;
    this.#mode = mode;
    this.#text.value = this.#texts[mode];
    if (mode === "note") this.#typing.stop();
    this.#warn(null);
    this.#drawMode();
    this.#drawCount();
  }

  #tabKey(event) {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    event.preventDefault();
    const mode = this.#mode === "reply" ? "note" : "reply";
    this.#choose(mode);
    this.#tab(mode).focus();
  }

  #drawMode() {
    const mode = this.#mode;
    setAttribute(this.#form, "data-mode", mode);
    for (const each of MODES) {
      setAttribute(this.#tab(each), "aria-selected", String(each === mode));
      setAttribute(this.#tab(each), "tabindex", each === mode ? "0" : "-1");
    }
    setAttribute(document.getElementById("composer-panel"), "aria-labelledby", `tab-${mode}`);
    setText(document.getElementById("composer-label"), say(`composer.label_${mode}`));
    setAttribute(this.#text, "placeholder", say(`composer.${mode}_here`));
    setText(document.querySelector("#send [data-word]"), say(`composer.send_${mode}`));
  }

  #chooseEnter() {
    const enter = this.#enterSends.checked;
    this.#desk.preferences.set("enter_sends", enter);
    setText(document.getElementById("send-keys"), enter ? "⏎" : SEND_KEYS.join(" "));
  }

  #drawCount() {
    const left = MESSAGE_CHARACTERS_MAX - [...this.#text.value].length;
    const count = document.getElementById("composer-count");
    setText(count, left > COUNT_FROM ? "" : say(left < 0 ? "composer.over" : "composer.left", { n: Math.abs(left) }));
    setAttribute(count, "data-over", left < 0);
  }
}
