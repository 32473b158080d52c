/** Where a message is written: grows with the text, keeps a draft, knows input methods. */

import { MESSAGE_CHARACTERS_MAX } from "../client/outbox.js";
import { el, icon, iconButton, say, set } from "./dom.js";

// The remaining characters are shown from here on.
const LEFT_SHOWN = 500;
const DRAFT_MS = 300;
const TYPING_MS = 3_000;
const STOPPED_MS = 5_000;
// Safari ends a composition just before it reports the Enter that ended it.
const COMPOSED_MS = 50;

const EMOJI = [..."🙂😀😅😂😍🤔😮😢😡🙏👍👎👌💪👋✅❌❓⏳💰📈📉🔒🎉"];

export class Composer {
  #words;
  #redact;
  #onsend;
  #attach;
  #ontyping;
  #keepDraft;
  #draftTimer = 0;
  #stopTimer = 0;
  #typedAt = 0;
  #composedAt = -Infinity;

  /** Of files (files.js), once there was one. */
  tray = null;

  /**
   * attach(files): uploads them, or without files asks for some; onsend(text, files): throws OutboxError; ontyping(on); keepDraft(text);
   * redact(text) => {text, removed: bool}.
   */
  constructor({ words, placeholder, draft, redact, onsend, attach, ontyping = () => {}, keepDraft }) {
    this.#words = words;
    this.#redact = redact;
    this.#onsend = onsend;
    this.#attach = attach;
    this.#ontyping = ontyping;
    this.#keepDraft = keepDraft;
    this.#build(placeholder);
    this.field.value = draft;
    this.refresh();
  }

  focus() {
    this.field.focus({ preventScroll: true });
  }

  set placeholder(text) {
    this.field.placeholder = text;
  }

  /** Keeps the draft now; the page or the screen goes away. */
  leave() {
    clearTimeout(this.#draftTimer);
    this.#saveDraft();
    this.#stopTyping();
  }

  /** Closes the emoji; true when they were open. */
  closeEmoji() {
    const wasOpen = !this.picker.hidden;
    this.#showEmoji(false);
    return wasOpen;
  }

  #build(placeholder) {
    const words = this.#words;
    this.field = el("textarea", {
      class: "field",
      rows: 1,
      placeholder,
      "aria-label": words.write,
      "aria-describedby": "composer-hint",
      enterkeyhint: "send",
      dir: "auto",
      autocomplete: "off",
      on: {
        input: () => this.#input(),
        keydown: (event) => this.#key(event),
        compositionend: (event) => (this.#composedAt = event.timeStamp),
        blur: () => this.#stopTyping(),
      },
    });
    this.picker = el(
      "div",
      { class: "emoji", role: "group", "aria-label": words.emoji, id: "emoji", hidden: true },
      EMOJI.map((each) => el("button", { type: "button", class: "emoji-one", on: { click: () => this.#insert(each) } }, each)),
    );
    this.toggle = iconButton("emoji", words.emoji, () => this.#showEmoji(this.picker.hidden), {
      "aria-expanded": "false",
      "aria-controls": "emoji",
    });
    this.button = el("button", { type: "submit", class: "send", title: words.send, "aria-label": words.send }, icon("send"));
    this.hint = el("p", { class: "hint", id: "composer-hint" });
    this.notice = el("p", { class: "notice", role: "status", hidden: true });
    const files = (event) => this.#files(event);
    this.clip = this.#attach && iconButton("clip", words.attach, () => this.#attach());
    this.element = el(
      "form",
      { class: "composer", on: { submit: (event) => this.#submit(event), paste: files, dragover: files, drop: files } },
      this.notice,
      this.picker,
      el("div", { class: "writing" }, this.clip, this.toggle, this.field, this.button),
      this.hint,
    );
  }

  // --- keys -----------------------------------------------------------------------------

  /** Enter sends, except where it confirms what an input method proposes. */
  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return;
    const isComposing = event.isComposing || event.keyCode === 229;
    if (isComposing || event.timeStamp - this.#composedAt < COMPOSED_MS) return;
    event.preventDefault();
    this.#submit(event);
  }

  #input() {
    this.notice.hidden = true;
    this.refresh();
    clearTimeout(this.#draftTimer);
    this.#draftTimer = setTimeout(() => this.#saveDraft(), DRAFT_MS);
    if (this.field.value.trim()) this.#startTyping();
    else this.#stopTyping();
  }

  /** Pasted or dropped. */
  #files(event) {
    const data = event.clipboardData ?? event.dataTransfer;
    if (!this.#attach || !data?.types.includes("Files")) return;
    event.preventDefault();
    if (data.files.length) this.#attach([...data.files]);
  }

  #submit(event) {
    event.preventDefault();
    const { text, removed } = this.#redact(this.field.value.trimEnd());
    if (this.#isUnready) return;
    try {
      this.#onsend(text, this.tray?.ready());
    } catch (error) {
      this.#notify(error.code === "full" ? this.#words.full : this.#words.failed);
      return;
    }
    this.field.value = "";
    this.tray?.clear();
    this.refresh();
    this.leave();
    this.closeEmoji();
    if (removed) this.#notify(this.#words.removedNotice);
    this.focus();
  }

  // --- appearance -----------------------------------------------------------------------

  get #over() {
    return [...this.field.value].length - MESSAGE_CHARACTERS_MAX;
  }

  get #isUnready() {
    const { tray } = this;
    return this.#over > 0 || tray?.isBusy || !(this.field.value.trim() || tray?.hasReady);
  }

  /** The text or the tray changed. */
  refresh() {
    const over = this.#over;
    const hint = over > 0 ? this.#words.tooLong(over) : -over < LEFT_SHOWN ? this.#words.left(-over) : "";
    say(this.hint, hint);
    set(this.hint, "class", over > 0 ? "hint over" : "hint");
    set(this.field, "aria-invalid", over > 0 ? "true" : null);
    this.button.disabled = this.#isUnready;
    // The height follows the text; the style sheet sets the limits.
    this.field.style.blockSize = "auto";
    if (this.field.scrollHeight) this.field.style.blockSize = `${this.field.scrollHeight}px`;
  }

  #notify(text) {
    this.notice.hidden = false;
    say(this.notice, text);
  }

  #showEmoji(isShown) {
    this.picker.hidden = !isShown;
    set(this.toggle, "aria-expanded", String(isShown));
    if (isShown) this.picker.firstChild.focus();
  }

  #insert(emoji) {
    this.field.setRangeText(emoji, this.field.selectionStart, this.field.selectionEnd, "end");
    this.#input();
    this.focus();
  }

  // --- draft and typing -----------------------------------------------------------------

  /** A secret is not kept in the browser either. */
  #saveDraft() {
    this.#keepDraft(this.#redact(this.field.value).text);
  }

  #startTyping() {
    clearTimeout(this.#stopTimer);
    this.#stopTimer = setTimeout(() => this.#stopTyping(), STOPPED_MS);
    if (Date.now() - this.#typedAt < TYPING_MS) return;
    this.#typedAt = Date.now();
    this.#ontyping(true);
  }

  #stopTyping() {
    clearTimeout(this.#stopTimer);
    if (this.#typedAt) this.#ontyping(false);
    this.#typedAt = 0;
  }
}
