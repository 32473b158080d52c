/** The messages of one talk: bubbles, days, what happened, and what became of one's own. */

import { withLinks } from "../client/links.js";
import { absolute, clock, day, isOtherDay, opening, tagOf } from "../client/words.js";
import { button, el, icon, keep, say, set, spoken } from "./dom.js";

// Messages of one person this close together look like one.
const GROUP_US = 5 * 60 * 1_000_000;
// Nearer to the end than this counts as being there.
const END_PX = 60;
const MASK = /⟦removed:([a-z_]{1,32}):[0-9]{1,7}⟧/;
const STATE_ICONS = { sending: "sending", waiting: "sending", sent: "sent", delivered: "delivered", read: "delivered" };

export class Log {
  #words;
  #language;
  #on;
  #shown = 0;

  /** on: {retry(cid), discard(cid), earlier(): promise} */
  constructor({ words, language, on }) {
    this.#words = words;
    this.#language = language;
    this.#on = on;
    this.rows = el("div", { class: "rows" });
    this.earlier = button(words.earlier, () => this.#loadEarlier(), "quiet small");
    this.element = el(
      "div",
      { class: "log", role: "log", tabindex: "0", "aria-label": words.log, "aria-busy": "true", on: { scroll: () => this.#scrolled() } },
      this.earlier,
      this.rows,
    );
    this.newest = button(words.newest, () => this.toEnd(), "newest");
    this.newest.prepend(icon("down"));
    this.newest.hidden = true;
  }

  /** Draws the thread as it is now; the reader's place stays unless it was the end. */
  refresh(thread, { isOnline, isLoaded }) {
    const wasAtEnd = this.#isAtEnd || !this.#shown;
    const items = this.#items(thread.rows(), isOnline);
    keep(this.rows, items, (item) => item.key, (item) => this.#make(item), (node, item) => this.#update(node, item));
    this.earlier.hidden = !thread.more;
    const last = items.at(-1);
    const isMine = last?.row?.ours && last.row.state === "sending" && items.length > this.#shown;
    if (wasAtEnd || isMine) this.toEnd();
    else if (items.length > this.#shown && last?.row && !last.row.ours) this.newest.hidden = false;
    this.#shown = items.length;
    if (isLoaded) set(this.element, "aria-busy", null);
  }

  toEnd() {
    this.element.scrollTop = this.element.scrollHeight;
    this.newest.hidden = true;
  }

  get #isAtEnd() {
    const { scrollTop, clientHeight, scrollHeight } = this.element;
    return scrollHeight - scrollTop - clientHeight < END_PX;
  }

  #scrolled() {
    if (this.#isAtEnd) this.newest.hidden = true;
  }

  /** What is above grows; what is read stays where it is. */
  async #loadEarlier() {
    this.earlier.disabled = true;
    const before = this.element.scrollHeight - this.element.scrollTop;
    try {
      await this.#on.earlier();
      this.element.scrollTop = this.element.scrollHeight - before;
      this.newest.hidden = true;
    } finally {
      this.earlier.disabled = false;
    }
  }

  // --- rows -----------------------------------------------------------------------------

  /** Rows with the days between them, and each row's place in its group. */
  #items(rows, isOnline) {
    const items = [];
    rows.forEach((row, index) => {
      const [before, after] = [rows[index - 1], rows[index + 1]];
      if (!before || isOtherDay(before.at_us, row.at_us)) {
        items.push({ key: `day ${new Date(row.at_us / 1000).toDateString()}`, day: row.at_us });
      }
      const state = row.state === "sending" && !isOnline ? "waiting" : row.state;
      items.push({
        key: row.ours && row.cid ? `own ${row.cid}` : `number ${row.number}`,
        row: { ...row, state },
        begins: !belongs(before, row),
        ends: !belongs(row, after),
      });
    });
    return items;
  }

  #make(item) {
    if (item.day) return el("p", { class: "day" }, el("span"));
    if (item.row.kind === "system") return el("p", { class: "system" });
    const node = el("div", { class: "row" });
    node.parts = {
      name: el("span", { class: "name", "aria-hidden": "true" }),
      bubble: el("div", { class: "bubble" }),
      meta: el("div", { class: "meta" }),
    };
    node.append(...Object.values(node.parts));
    return node;
  }

  #update(node, item) {
    if (item.day) return say(node.firstChild, day(item.day, this.#language));
    if (item.row.kind === "system") return say(node, this.#systemText(item.row));
    return this.#updateRow(node, item);
  }

  #updateRow(node, { row, begins, ends }) {
    const classes = ["row", row.ours ? "ours" : "theirs", begins && "begins", ends && "ends", row.state === "failed" && "failed"];
    set(node, "class", classes.filter(Boolean).join(" "));
    const name = row.ours ? this.#words.you : row.author.name || this.#words.us;
    say(node.parts.name, begins && !row.ours ? this.#named(row, name) : "");
    this.#updateBubble(node.parts.bubble, row, name);
    this.#updateMeta(node.parts.meta, row);
  }

  #named(row, name) {
    const { stand_in: isStandIn, program } = row.author;
    if (!isStandIn && !program) return name;
    return `${name} · ${isStandIn ? this.#words.standIn : this.#words.program}`;
  }

  #updateBubble(bubble, row, name) {
    const text = this.#textOf(row);
    const files = row.parts?.files;
    const shown = JSON.stringify([text, files]);
    if (bubble.shown === shown) return;
    bubble.shown = shown;
    const said = this.#words.said(this.#named(row, name), clock(row.at_us, this.#language));
    const body = el("div", { class: "text", dir: "auto" });
    body.append(withLinks(text, (plain) => this.#withMasks(plain)));
    bubble.replaceChildren(spoken(said), body);
    if (files) this.#on.files(files, (drawn) => bubble.shown === shown && bubble.append(drawn));
  }

  #textOf(row) {
    if (row.kind === "erased") return this.#words.erased;
    return row.text || (row.kind === "text" || row.parts?.files ? "" : this.#words.unsupported);
  }

  #withMasks(plain) {
    return plain.split(MASK).map((piece, index) => {
      if (index % 2 === 0) return piece;
      return el("span", { class: "mask" }, icon("shield"), this.#words.removed[piece] ?? this.#words.removedOther);
    });
  }

  #systemText({ parts, text }) {
    const worded = this.#words.system[parts?.code];
    const when = parts?.opens_at_us && opening(new Date(parts.opens_at_us / 1000).toISOString(), this.#language);
    return worded ? worded({ ...parts, when }) : text || this.#words.systemOther;
  }

  // --- what became of it ----------------------------------------------------------------

  #updateMeta(meta, row) {
    const shown = `${row.state} ${row.code ?? ""} ${row.at_us}`;
    if (meta.shown === shown) return;
    meta.shown = shown;
    if (row.state === "failed") meta.replaceChildren(...this.#failed(row));
    else meta.replaceChildren(this.#time(row), ...this.#state(row));
  }

  #time(row) {
    const at = new Date(row.at_us / 1000).toISOString();
    const title = absolute(row.at_us, this.#language);
    return el("time", { datetime: at, title, lang: tagOf(this.#language), "aria-hidden": "true" }, clock(row.at_us, this.#language));
  }

  #state(row) {
    if (!row.state) return [];
    const name = this.#words.states[row.state];
    return [el("span", { class: `state ${row.state}`, title: name }, icon(STATE_ICONS[row.state]), spoken(name))];
  }

  #failed(row) {
    const reason = this.#words.reasons[row.code] ?? this.#words.reasonOther;
    const actions = row.cid && !row.number ? [
      button(this.#words.retry, () => this.#on.retry(row.cid), "quiet small"),
      button(this.#words.discard, () => this.#on.discard(row.cid), "quiet small"),
    ] : [];
    return [el("span", { class: "reason" }, icon("failed"), `${this.#words.states.failed}. ${reason}`), ...actions];
  }
}

/** Whether two rows are one person's, shortly one after the other. */
function belongs(before, after) {
  if (!before || !after || before.kind === "system" || after.kind === "system") return false;
  if (before.ours !== after.ours || (!before.ours && before.author.name !== after.author.name)) return false;
  if (before.author.program !== after.author.program) return false;
  return !isOtherDay(before.at_us, after.at_us) && Math.abs(after.at_us - before.at_us) < GROUP_US;
}
