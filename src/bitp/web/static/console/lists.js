// What the lists hold: every known conversation's row, the views, their counts.
//
// The server's answer decides who is in a view; between two answers the streams patch rows and
// move them in and out, so that nothing waits for a reload.

import { Refusal } from "./requests.js";
import { VIEWS, belongs, inOrder, newView } from "./views.js";

// The lists are asked for again at most this often, however much happens.
const REFRESH_MS = 3_000;

const CHANGED = ["status", "topic", "language", "assignee"];
// What makes a row louder; the event brings the whole row.
const ALARMS = new Set(["conversation.raised", "conversation.urgent"]);

export class Lists {
  rows = new Map();
  views = Object.fromEntries(VIEWS.map((view) => [view, newView()]));
  counts = {};
  heads = {};
  view = "waiting";
  search = "";
  open = "";
  #requests;
  #signals;
  #addresses;
  #me;
  #readTo = new Map();
  #asked = 0;
  #timer = 0;
  #refreshed_ms = 0;

  constructor({ requests, signals, addresses, me }) {
    this.#requests = requests;
    this.#signals = signals;
    this.#addresses = addresses;
    this.#me = me.id;
  }

  /** Takes an answer of the lists' address as the content of `view`. */
  take(view, answer) {
    const state = this.views[view];
    for (const summary of answer.conversations) this.put(summary);
    Object.assign(state, { state: "ready", page: answer.page, pages: answer.pages });
    const references = answer.conversations.map((each) => each.reference);
    state.references = this.#withOpen(state.references, references);
    this.counts = answer.counts;
    for (const [stream, head] of Object.entries(answer.heads)) {
      this.heads[stream] = Math.max(head, this.heads[stream] ?? 0);
    }
    this.#signals.raise("lists");
  }

  /** The open conversation keeps its place in a list that it has just left. */
  #withOpen(before, now) {
    const place = before.indexOf(this.open);
    if (place < 0 || now.includes(this.open)) return now;
    return [...now.slice(0, place), this.open, ...now.slice(place)];
  }

  /** Shows another view, page or search, from what is known at once, then from the server. */
  show({ view = this.view, page = 1, search = this.search }) {
    const same = view === this.view && search === this.search;
    this.view = view;
    this.search = search;
    const state = this.views[view];
    if (!same || page !== state.page) state.page = page;
    if (state.search !== search) Object.assign(state, newView(), { page, search });
    this.#signals.raise("lists");
    return this.refresh();
  }

  /** Asks the server for the current view now. */
  async refresh() {
    const [view, search] = [this.view, this.search];
    const asked = ++this.#asked;
    this.#refreshed_ms = Date.now();
    try {
      const page = this.views[view].page;
      const answer = await this.#requests.get(this.#addresses.lists, { view, page, search });
      if (asked === this.#asked) this.take(view, answer);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (asked === this.#asked) this.#failed(view, error);
    }
  }

  /** Asks soon, once for however many reasons. */
  refreshSoon() {
    if (this.#timer) return;
    const since_ms = Date.now() - this.#refreshed_ms;
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      this.refresh();
    }, Math.max(200, REFRESH_MS - since_ms));
  }

  #failed(view, error) {
    const state = this.views[view];
    if (state.state !== "ready") state.state = error.isOffline ? "offline" : "error";
    this.#signals.raise("lists");
  }

  /** A summary from the server, unless what is known is newer. */
  put(summary, fromEvent = false) {
    const known = this.rows.get(summary.reference);
    const row = { ...summary };
    if (known && known.last_number > row.last_number) {
      for (const name of ["last_number", "last_text", "last_us"]) row[name] = known[name];
    }
    // An event's row is drawn for nobody in particular: only we know how far we have read.
    if (known && fromEvent) row.unread = known.unread;
    if (row.last_number <= (this.#readTo.get(row.reference) ?? 0)) row.unread = 0;
    this.#replace(row);
    return row;
  }

  /** Changes some facts of a known row. */
  patch(reference, changes) {
    const row = this.rows.get(reference);
    if (row) this.#replace({ ...row, ...changes });
  }

  #replace(row) {
    const before = this.rows.get(row.reference);
    this.rows.set(row.reference, row);
    for (const view of VIEWS) this.#move(view, before, row);
    this.#signals.raise("lists");
  }

  /** Brings a row into the views it now belongs to, and their counts with it. */
  #move(view, before, row) {
    const was = before ? belongs(before, view, this.#me) : undefined;
    const is = belongs(row, view, this.#me);
    const state = this.views[view];
    if (was !== undefined && was !== is && view in this.counts) {
      this.counts[view] = Math.max(0, this.counts[view] + (is ? 1 : -1));
    }
    const listed = state.references.includes(row.reference);
    if (is && !listed && state.state === "ready" && state.page === 1 && !state.search) {
      state.references.push(row.reference);
    }
  }

  /** An event of the queue's or the member's own stream. */
  hearOwn({ kind, data }) {
    if (kind === "queue.entered" && data.conversation) {
      if (!this.rows.has(data.conversation.reference)) this.#count("waiting", 1);
      this.put(data.conversation, true);
    } else if (kind === "conversation.assigned" && data.conversation) {
      if (!this.rows.has(data.conversation.reference)) this.#count("mine", 1);
      this.put({ ...data.conversation }, true);
    } else if (ALARMS.has(kind) && data.conversation) {
      this.put(data.conversation, true);
    } else if (kind === "queue.left") {
      this.#left(data);
    } else if (kind === "conversation.unassigned") {
      // Given to a colleague: their name comes with the conversation's own event.
      if (this.#isMine(data.reference)) {
        this.patch(data.reference, { assignee: data.to ? { id: data.to, name: "" } : null });
      }
    }
    this.refreshSoon();
  }

  #left({ reference, why }) {
    if (!this.rows.has(reference)) this.#count("waiting", -1);
    if (why === "resolved") this.patch(reference, { status: "resolved", waiting_since_us: 0 });
    else if (why !== "moved" && !this.#isMine(reference)) this.patch(reference, { waiting_since_us: 0 });
  }

  /** Whoever was given to us still waits, for us. */
  #isMine(reference) {
    return this.rows.get(reference)?.assignee?.id === this.#me;
  }

  #count(view, by) {
    if (view in this.counts) this.counts[view] = Math.max(0, this.counts[view] + by);
  }

  /** An event of a conversation's staff stream. */
  hear(reference, { kind, data }) {
    const row = this.rows.get(reference);
    if (!row) return;
    if (kind === "message.posted") this.#posted(row, data);
    if (kind === "conversation.changed") {
      const changes = Object.fromEntries(
        CHANGED.filter((name) => name in data).map((name) => [name, data[name]]),
      );
      if (data.status === "resolved") changes.waiting_since_us = 0;
      this.patch(reference, changes);
      this.refreshSoon();
    }
  }

  #posted(row, message) {
    if (!message.number || message.number <= row.last_number) return;
    const changes = { last_number: message.number, last_us: message.at_us };
    if (message.kind !== "system") changes.last_text = oneLine(message.text || filesLine(message));
    if (message.author?.kind === "contact") {
      changes.unread = row.unread + 1;
      changes.level = message.level ?? row.level;
      changes.status = "open";
      changes.waiting_since_us = row.waiting_since_us || message.at_us;
    } else if (message.author?.kind === "agent" && !message.note) {
      changes.waiting_since_us = 0;
      if (row.status !== "resolved") changes.status = "waiting";
    }
    this.patch(row.reference, changes);
  }

  /** This member has read the conversation up to this number. */
  markRead(reference, number) {
    this.#readTo.set(reference, number);
    const row = this.rows.get(reference);
    if (row?.unread && row.last_number <= number) this.patch(reference, { unread: 0 });
  }

  /** The rows of the current view, in its order; the open one stays where it was. */
  shown() {
    const state = this.views[this.view];
    const rows = state.references
      .map((reference) => this.rows.get(reference))
      .filter((row) => row && (belongs(row, this.view, this.#me) || row.reference === this.open));
    if (this.search) return rows;
    return inOrder(rows, this.view);
  }

  /** References of the member's own conversations. */
  own() {
    const own = [...this.rows.values()].filter((row) => belongs(row, "mine", this.#me));
    return own.map((row) => row.reference);
  }

  /** How many own conversations have something unread. */
  unread() {
    return this.own().filter((reference) => this.rows.get(reference).unread > 0).length;
  }
}

/** What stands for a message without text; as the server's lists say it. */
function filesLine({ parts }) {
  const names = parts?.files?.map(({ name }) => name).join(", ");
  return names ? `📎 ${names}` : "";
}

function oneLine(text) {
  const line = text.split(/\s+/u).join(" ").trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
