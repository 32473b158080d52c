// The console starts here: first data, words, the line, the panes, and what joins them.

import { Connection } from "../client/connection.js";
import { Outbox } from "../client/outbox.js";
import { AssignView } from "./assign_view.js";
import { Composer } from "./composer.js";
import { ConnectionLine } from "./connection_line.js";
import { ContextView } from "./context_view.js";
import { ConversationView } from "./conversation_view.js";
import { Drafts } from "./drafts.js";
import { Keys } from "./keys.js";
import { ListView } from "./list_view.js";
import { Lists } from "./lists.js";
import { Live } from "./live.js";
import { Lock } from "./lock.js";
import { Marks } from "./marks.js";
import { learnServerTime, startClock } from "./moments.js";
import { Panes } from "./panes.js";
import { Preferences } from "./preferences.js";
import { Presence } from "./presence.js";
import { Rail } from "./rail.js";
import { Refusal, Requests } from "./requests.js";
import { SearchView } from "./search_view.js";
import { Signals } from "./signals.js";
import { Talk } from "./talk.js";
import { ThreadView } from "./thread_view.js";
import { toast } from "./toasts.js";
import { say, useWords } from "./words.js";

// The console's outbox is apart from the chat's: a customer's coming and going leaves it alone.
const OUTBOX = "bitp.console.outbox.";

/** Everything the parts share: models, the line, and what they ask each other to do. */
class Desk {
  signals = new Signals();
  talk = null;
  isLocked = false;
  isLeaving = false;

  constructor(first) {
    this.me = first.me;
    this.addresses = first.addresses;
    this.idle_ms = first.idle_s * 1000;
    this.preferences = new Preferences(this.me.id);
    this.requests = new Requests(first.csrf, (refusal) => this.lock.hear(refusal));
    this.lists = new Lists(this);
    this.line = new Connection({ url: this.addresses.live, ticket: () => this.#ticket() });
    const send = (frame) => this.line.send(frame);
    this.outbox = new Outbox({ scope: String(this.me.id), send, prefix: OUTBOX });
    this.marks = new Marks(this.line);
    this.drafts = new Drafts({ scope: this.me.id, line: this.line });
    this.messageActs = { retry: (cid) => this.#retry(cid), edit: (cid) => this.#edit(cid) };
  }

  /** Builds the parts, which draw themselves, and shows what the page came with. */
  start(first) {
    this.lock = new Lock(this);
    this.live = new Live(this);
    this.panes = new Panes(this);
    this.rail = new Rail(this);
    this.listView = new ListView(this);
    this.searchView = new SearchView(this);
    this.conversationView = new ConversationView(this);
    this.threadView = new ThreadView(this);
    this.composer = new Composer(this);
    this.contextView = new ContextView(this);
    this.assignView = new AssignView(this);
    this.presence = new Presence(this);
    this.connectionLine = new ConnectionLine(this);
    this.keys = new Keys(this, this.#keyActs());
    this.#listen();
    this.lists.view = first.view;
    for (const [view, answer] of Object.entries(first.lists)) this.lists.take(view, answer);
    this.live.followOwn();
    this.line.start();
    if (first.conversation) this.open(first.conversation, { remember: false });
  }

  #listen() {
    const { line, outbox } = this;
    line.on("welcome", (frame) => learnServerTime(frame.at_us));
    line.on("welcome", () => outbox.flush({ again: true }));
    line.on("lost", () => outbox.rest());
    line.on("ack", (frame) => outbox.ack(frame));
    line.on("refused", (frame) => frame.stream && this.lists.refreshSoon());
    line.on("state", (state) => state === "signed_out" && this.lock.look());
    outbox.on((change) => this.#hearOutbox(change));
  }

  async #ticket() {
    try {
      return (await this.requests.post(this.addresses.ticket)).ticket;
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) error.state = "signed_out";
      if (error instanceof Refusal && error.status === 429) error.state = "blocked";
      throw error;
    }
  }

  // --- what is open ---------------------------------------------------------------------

  /** Opens a conversation; it loads in the background. */
  open(reference, { remember = true } = {}) {
    if (this.talk?.reference !== reference) {
      this.talk = new Talk(this, reference);
      this.lists.open = reference;
      this.#load(this.talk);
      if (remember) history.pushState({}, "", this.addresses.page + reference);
    }
    this.panes.show("conversation");
    this.signals.raise("talk");
    this.signals.raise("lists");
  }

  /** Tries again to load what could not be loaded. */
  reopen(reference) {
    this.talk = null;
    this.open(reference, { remember: false });
  }

  /** Closes the conversation: only the lists are left. */
  close({ remember = true } = {}) {
    this.talk = null;
    this.lists.open = "";
    if (remember) history.pushState({}, "", `${this.addresses.home}?view=${this.lists.view}`);
    this.panes.show("list");
    this.signals.raise("talk");
    this.signals.raise("lists");
  }

  #load(talk) {
    talk.load().catch((error) => {
      if (!(error instanceof Refusal)) reportError(error);
    });
  }

  showView(view) {
    this.lists.show({ view });
    if (!this.talk) history.replaceState({}, "", `${this.addresses.home}?view=${view}`);
    this.panes.show("list");
  }

  // --- writing --------------------------------------------------------------------------

  /** Puts a message of the open conversation into the outbox. Throws OutboxError. */
  post({ body, files, note }) {
    this.outbox.put({ body, files, note, conversation: this.talk.reference });
    this.threadView.toEndAfterDrawing();
  }

  #hearOutbox(change) {
    const { item, kind } = change;
    if (!item || item.conversation === this.talk?.reference) this.talk?.hearOutbox(change);
    else if (kind === "refused") this.say("outbox.refused_elsewhere", { reference: item.conversation });
  }

  #retry(cid) {
    this.outbox.retry(cid);
  }

  #edit(cid) {
    const item = this.outbox.items().find((each) => each.cid === cid);
    if (!item) return;
    this.outbox.discard(cid);
    this.composer.putBack(item.note ? "note" : "reply", item.body);
  }

  // --- the keyboard ---------------------------------------------------------------------

  #keyActs() {
    const act = (name) => () => this.conversationView.act(name);
    const write = (mode) => () => this.talk?.state === "ready" && this.composer.write(mode);
    return {
      next: () => this.#step(1),
      previous: () => this.#step(-1),
      reply: write("reply"),
      note: write("note"),
      assign: () => this.assignView.open(),
      resolve: act("resolve"),
      search: () => this.searchView.open(),
      escape: () => this.#escape(),
    };
  }

  #step(by) {
    const reference = this.listView.neighbour(by);
    if (!reference) return;
    this.open(reference);
    this.listView.reveal(reference);
  }

  #escape() {
    return this.composer.leave() || this.listView.leaveSearch() || this.panes.back();
  }

  // --- telling --------------------------------------------------------------------------

  /** Says something of the console's own words; `way`: {words, act}. */
  say(key, values = {}, way = null) {
    toast(say(key, values), way);
  }

  /** Says a sentence that the server worded. */
  tell(words) {
    toast(words);
  }

  /** Signing out: nothing of this member's writing stays in the browser but what is unsent. */
  leave() {
    this.isLeaving = true;
    this.drafts.flush();
    this.drafts.forget();
    this.line.stop();
  }
}

const first = JSON.parse(document.getElementById("first").textContent);
useWords((await import(first.strings)).default, first.language);
learnServerTime(first.now_us);
startClock();
new Desk(first).start(first);
document.body.dataset.ready = "true";
