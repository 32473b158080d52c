// The thread pane: messages, days, typing, and a scroll position that never jumps by itself.

import { element, keep, setText, shownName } from "./elements.js";
import { drawMessage, updateMessage } from "./message.js";
import { dayName } from "./moments.js";
import { itemsOf } from "./thread_items.js";
import { say } from "./words.js";

// This near to its end a thread counts as read to the end and follows what is new.
const END_PX = 48;
// This near to its start earlier messages are asked for.
const START_PX = 240;

export class ThreadView {
  #desk;
  #scroll = document.getElementById("thread");
  #items = document.getElementById("thread-items");
  #history = document.getElementById("thread-history");
  #typing = document.getElementById("thread-typing");
  #toUnread = document.getElementById("jump-unread");
  #toNew = document.getElementById("jump-new");
  #talk = null;
  #isAtEnd = true;
  #seenLast = 0;
  #isPlaced = false;
  /** {reference, number} of the message to show once it is there. */
  #wanted = null;

  constructor(desk) {
    this.#desk = desk;
    desk.signals.on("talk", () => this.draw());
    desk.signals.on("typing", () => this.#drawTyping());
    this.#scroll.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#toUnread.addEventListener("click", () => this.#jumpToUnread());
    this.#toNew.addEventListener("click", () => this.toEnd());
    for (const event of ["focus", "visibilitychange"]) addEventListener(event, () => this.#see(), true);
    setInterval(() => this.#drawTyping(), 1_000);
    new ResizeObserver(() => this.#isAtEnd && this.#scrollToEnd()).observe(this.#scroll);
  }

  draw() {
    const { talk } = this.#desk;
    if (talk !== this.#talk) this.#begin(talk);
    if (!talk || talk.state !== "ready") return;
    const held = this.#hold();
    const items = itemsOf(talk.thread.rows(), {
      me: this.#desk.me,
      contact: talk.facts.contact?.name,
      firstUnread: talk.firstUnread,
    });
    const update = (drawn, item) => this.#update(drawn, item);
    keep(this.#items, items, (item) => item.key, draw, update);
    this.#drawHistory();
    this.#drawTyping();
    this.#place(held);
    this.#scroll.removeAttribute("aria-busy");
    this.#showWanted();
  }

  toEnd() {
    this.#scrollToEnd();
    this.#scroll.focus({ preventScroll: true });
  }

  /** The member's own message is coming: show it, wherever one was reading. */
  toEndAfterDrawing() {
    this.#isAtEnd = true;
  }

  /** Brings a message into sight, loading earlier pages as needed; number 0: wherever one is. */
  show(reference, number) {
    this.#wanted = number ? { reference, number } : null;
    this.draw();
  }

  async #showWanted() {
    const { reference, number } = this.#wanted ?? {};
    if (!number || reference !== this.#talk.reference) return;
    this.#wanted = null;
    await this.#talk.reach(number);
    this.draw();
    const message = this.#items.querySelector(`[data-number="${number}"]`);
    this.#items.querySelector(".message-shown")?.classList.remove("message-shown");
    this.#isAtEnd = false;
    message?.classList.add("message-shown");
    message?.scrollIntoView({ block: "center" });
    this.#scroll.focus({ preventScroll: true });
  }

  #begin(talk) {
    this.#talk = talk;
    this.#isPlaced = false;
    this.#isAtEnd = true;
    this.#seenLast = 0;
    this.#toNew.hidden = this.#toUnread.hidden = true;
    this.#scroll.setAttribute("aria-busy", "true");
    keep(this.#items, [], (item) => item.key, draw, () => {});
  }

  #update(drawn, item) {
    if (item.kind === "day") setText(drawn, dayName(item.at_us));
    if (item.kind === "message") updateMessage(drawn, item, this.#desk.messageActs);
  }

  // --- where one is ---------------------------------------------------------------------

  /** The first message in sight and where it ends, so that it can be put back there: its name
      may go when earlier ones of the same author come before it. Not a day's line, which stays
      at the top. */
  #hold() {
    if (this.#isAtEnd || !this.#isPlaced) return null;
    const top = this.#scroll.getBoundingClientRect().top;
    for (const child of this.#items.querySelectorAll(".message")) {
      const { bottom } = child.getBoundingClientRect();
      if (bottom > top) return { child, at: bottom };
    }
    return null;
  }

  #place(held) {
    if (!this.#isPlaced) return this.#placeFirst();
    if (this.#isAtEnd) return this.#scrollToEnd();
    if (held?.child.isConnected) {
      this.#scroll.scrollTop += held.child.getBoundingClientRect().bottom - held.at;
    }
    return this.#offerJumps();
  }

  #placeFirst() {
    this.#isPlaced = true;
    this.#scrollToEnd();
    this.#seenLast = this.#talk.thread.last;
    const line = this.#unreadLine();
    if (!line) return;
    const out = line.getBoundingClientRect().top < this.#scroll.getBoundingClientRect().top;
    if (out) this.#offerUnread();
  }

  #unreadLine() {
    return this.#items.querySelector(".thread-unread");
  }

  #scrollToEnd() {
    this.#scroll.scrollTop = this.#scroll.scrollHeight;
    this.#isAtEnd = true;
    this.#see();
    this.#offerJumps();
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroll;
    this.#isAtEnd = scrollHeight - scrollTop - clientHeight < END_PX;
    if (this.#isAtEnd) this.#see();
    if (scrollTop < START_PX && this.#isPlaced) this.#talk?.loadEarlier();
    this.#offerJumps();
  }

  /** What stands at the end has been seen, if somebody is looking. */
  #see() {
    const isLooking = document.visibilityState === "visible" && document.hasFocus();
    if (!this.#talk || !this.#isAtEnd || !isLooking || this.#desk.isLocked) return;
    this.#seenLast = this.#talk.thread.last;
    this.#talk.sawEnd();
  }

  // --- jumps ----------------------------------------------------------------------------

  #offerUnread() {
    setText(this.#toUnread, say("thread.to_unread"));
    this.#toUnread.hidden = false;
  }

  async #jumpToUnread() {
    this.#toUnread.hidden = true;
    await this.#talk.reachUnread();
    this.draw();
    this.#unreadLine()?.scrollIntoView({ block: "start" });
    this.#scroll.focus({ preventScroll: true });
  }

  #offerJumps() {
    const line = this.#unreadLine();
    if (line && line.getBoundingClientRect().top >= this.#scroll.getBoundingClientRect().top) {
      this.#toUnread.hidden = true;
    }
    const rows = this.#isAtEnd ? [] : this.#talk?.thread.rows() ?? [];
    const fresh = rows.filter((row) => row.number > this.#seenLast && !row.ours).length;
    this.#toNew.hidden = this.#isAtEnd;
    if (!this.#isAtEnd) setText(this.#toNew, fresh ? say("thread.new", { n: fresh }) : say("thread.to_end"));
  }

  // --- beside the messages --------------------------------------------------------------

  #drawHistory() {
    const { isLoadingEarlier, hasEarlier } = this.#talk;
    const words = isLoadingEarlier ? "thread.loading" : hasEarlier ? "thread.earlier" : "thread.start";
    if (this.#history.dataset.words === words) return;
    this.#history.dataset.words = words;
    const button = { type: "button", class: "button button-small button-quiet" };
    button.on = { click: () => this.#talk.loadEarlier() };
    const shown = words === "thread.earlier" ? element("button", button, say(words)) : say(words);
    this.#history.replaceChildren(shown);
  }

  #drawTyping() {
    const name = this.#talk?.thread.typing() ?? null;
    const contact = shownName(name || this.#talk?.facts.contact?.name, say("contact.unnamed"));
    setText(this.#typing, name === null ? "" : say("thread.typing", { name: contact }));
  }
}

function draw(item) {
  if (item.kind === "day") return element("li", { class: "thread-day" });
  if (item.kind === "unread") return element("li", { class: "thread-unread" }, say("thread.unread"));
  return drawMessage(item);
}
