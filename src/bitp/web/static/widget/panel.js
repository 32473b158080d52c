/** The window: head, bar, screen; focus, Escape, and the whole screen on phones. */

import { button, el, iconButton, say } from "./dom.js";

// At this size and below the window takes the whole screen; styles/panel.css says the same.
const WHOLE_SCREEN = "(max-width: 480px), (max-height: 480px)";
const FOCUSABLE = "button, a[href], textarea, input, [tabindex='0']";

export class Panel {
  #root;
  #onclose;
  #screen = null;
  #narrow = matchMedia(WHOLE_SCREEN);
  #overflow = null;
  #fit = () => this.#fitScreen();
  #key = (event) => this.#keydown(event);

  constructor({ root, words, onclose }) {
    this.#root = root;
    this.#onclose = onclose;
    this.head = el("div", { class: "head" });
    this.bar = el("div", { class: "bar", role: "status", hidden: true });
    this.body = el("div", { class: "body" });
    this.element = el("section", { class: "panel", role: "dialog", "aria-labelledby": "bitp-title", tabindex: "-1", hidden: true }, this.head, this.bar, this.body);
    this.relabel(words);
    root.append(this.element);
  }

  get isOpen() {
    return !this.element.hidden;
  }

  get screen() {
    return this.#screen;
  }

  relabel(words) {
    this.closer = iconButton("close", words.close, () => this.#onclose(), { class: "closer" });
  }

  /** Shows a screen: {head: nodes, element, begin(), focus(), escape(), leave(), refresh()}. */
  show(screen, { focus = true } = {}) {
    this.#screen?.leave?.();
    this.#screen = screen;
    this.head.replaceChildren(...screen.head, this.closer);
    this.body.replaceChildren(screen.element);
    screen.begin?.();
    if (focus && this.isOpen) this.focus();
  }

  /** A finger opens no keyboard by itself: there the window's name is where reading starts. */
  focus() {
    const hasKeyboard = matchMedia("(pointer: fine)").matches;
    if (hasKeyboard && this.#screen?.focus) this.#screen.focus();
    else (this.head.querySelector("#bitp-title") ?? this.element).focus({ preventScroll: true });
  }

  open() {
    if (this.isOpen) return;
    this.element.hidden = false;
    this.element.addEventListener("keydown", this.#key);
    this.#narrow.addEventListener("change", this.#fit);
    visualViewport?.addEventListener("resize", this.#fit);
    visualViewport?.addEventListener("scroll", this.#fit);
    this.#fitScreen();
  }

  close() {
    this.element.hidden = true;
    this.element.removeEventListener("keydown", this.#key);
    this.#narrow.removeEventListener("change", this.#fit);
    visualViewport?.removeEventListener("resize", this.#fit);
    visualViewport?.removeEventListener("scroll", this.#fit);
    this.#holdPage(false);
  }

  /** A line above the screen; it takes its own room. action: {text, run}. */
  showBar(text, action = null) {
    this.bar.hidden = !text;
    if (this.bar.shown === text + action?.text) return;
    this.bar.shown = text + action?.text;
    this.bar.replaceChildren(el("span", {}, text));
    if (action) this.bar.append(button(action.text, action.run, "small"));
  }

  // --- the whole screen -----------------------------------------------------------------

  /** What the keyboard leaves of the screen is the window; the page behind stays still. */
  #fitScreen() {
    const isWhole = this.#narrow.matches;
    this.element.setAttribute("aria-modal", String(isWhole));
    this.#holdPage(isWhole && this.isOpen);
    const { style } = this.element;
    if (isWhole && window.visualViewport) {
      style.setProperty("--seen-height", `${visualViewport.height}px`);
      style.setProperty("--seen-top", `${visualViewport.offsetTop}px`);
    } else {
      style.removeProperty("--seen-height");
      style.removeProperty("--seen-top");
    }
  }

  #holdPage(isHeld) {
    const { style } = document.documentElement;
    if (isHeld && this.#overflow === null) {
      this.#overflow = style.overflow;
      style.overflow = "hidden";
    } else if (!isHeld && this.#overflow !== null) {
      style.overflow = this.#overflow;
      this.#overflow = null;
    }
  }

  // --- keys -----------------------------------------------------------------------------

  #keydown(event) {
    // The page's own shortcuts do not belong to what is written here.
    event.stopPropagation();
    if (event.key === "Escape" && !event.isComposing) {
      if (!this.#screen?.escape?.()) this.#onclose();
    } else if (event.key === "Tab" && this.#narrow.matches) {
      this.#keepFocus(event);
    }
  }

  #keepFocus(event) {
    const all = [...this.element.querySelectorAll(FOCUSABLE)].filter((each) => !each.disabled && each.checkVisibility());
    const [first, last] = [all[0], all.at(-1)];
    const now = this.#root.activeElement;
    if (event.shiftKey && now === first) last.focus();
    else if (!event.shiftKey && now === last) first.focus();
    else return;
    event.preventDefault();
  }
}

/** Before there is anything to show: grey lines, and only if it takes a moment. */
export function waitingScreen(words) {
  const bones = [60, 85, 40, 75].map((n) => el("span", { class: `bone bone-${n}` }));
  return {
    head: [el("h2", { class: "head-title", id: "bitp-title", tabindex: "-1" }, words.title)],
    element: el("div", { class: "skeleton", role: "status" }, el("span", { class: "spoken" }, words.loading), bones),
  };
}

/** When the chat cannot be opened: what is wrong, what happens next, and another way in. */
export function troubleScreen(words, { text, more, retry }, others) {
  const next = el("p", { class: "muted" }, more);
  return {
    head: [el("h2", { class: "head-title", id: "bitp-title", tabindex: "-1" }, words.title)],
    element: el("div", { class: "trouble" }, el("p", { role: "alert" }, text), next, retry ? button(words.again, retry, "primary") : null, others),
    sayNext: (line) => say(next, line),
  };
}
