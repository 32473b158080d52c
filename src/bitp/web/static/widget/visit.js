/**
 * One person's stay: who they are, their line, outbox and talks. Another person is another
 * Visit; nothing of the one reaches the other.
 */

import { Connection } from "../client/connection.js";
import { Outbox, forgetOthers, moveItems } from "../client/outbox.js";
import { Talks } from "./talks.js";

const OUTBOX = "bitp.chat.outbox.";
const DRAFT = "bitp.chat.draft.";
const VISITOR = "bitp.chat.visitor.";
// What a host page's storage has to spare for one unfinished message.
const DRAFT_CHARACTERS_MAX = 8_000;

/** The browser's storage, or one that forgets at the end of the page where it is forbidden. */
export function usableStorage() {
  try {
    localStorage.getItem("");
    return localStorage;
  } catch {
    return new PageStorage();
  }
}

class PageStorage {
  getItem(key) {
    return Object.hasOwn(this, key) ? this[key] : null;
  }

  setItem(key, value) {
    this[key] = value;
  }

  removeItem(key) {
    delete this[key];
  }
}

/** The tokens and texts this browser keeps, by inbox and by person. */
export class Kept {
  constructor(inbox, storage = usableStorage()) {
    this.storage = storage;
    this.visitorKey = VISITOR + inbox;
  }

  get visitor() {
    return this.storage.getItem(this.visitorKey) ?? "";
  }

  keepVisitor(token) {
    this.#put(this.visitorKey, token);
  }

  draft(scope, key) {
    return this.storage.getItem(`${DRAFT}${scope}.${key}`) ?? "";
  }

  keepDraft(scope, key, text) {
    this.#put(`${DRAFT}${scope}.${key}`, text.slice(0, DRAFT_CHARACTERS_MAX));
  }

  /** Removes what other people left in this browser: unsent messages and drafts. */
  forgetOthers(scope) {
    forgetOthers(this.storage, scope, [OUTBOX, DRAFT]);
  }

  forgetEverybody() {
    this.forgetOthers("");
    this.storage.removeItem(this.visitorKey);
  }

  #put(key, value) {
    try {
      if (value) this.storage.setItem(key, value);
      else this.storage.removeItem(key);
    } catch {
      // A full storage: the page goes on without.
    }
  }
}

export class Visit {
  #api;
  #kept;
  #ticket;
  #isOver = false;

  /**
   * answer: of POST /chat/ticket. again(): asks for another such answer, or throws.
   * changed(talk), looking(): as Talks. stateChanged(state, detail): as the connection's.
   */
  constructor({ api, kept, answer, url, language, again, changed, looking, stateChanged }) {
    this.#api = api;
    this.#kept = kept;
    this.#ticket = answer.ticket;
    this.answer = answer;
    this.scope = answer.subject.reference;
    this.line = new Connection({ url, ticket: () => this.#takeTicket(again) });
    this.outbox = new Outbox({
      scope: this.scope,
      prefix: OUTBOX,
      send: (frame) => this.line.send(frame),
      storage: kept.storage,
    });
    this.talks = new Talks({ api, line: this.line, outbox: this.outbox, language, changed, looking });
    this.line.on("welcome", () => this.outbox.flush({ again: true }));
    this.line.on("lost", () => this.outbox.rest());
    this.line.on("state", stateChanged);
  }

  async begin() {
    const { merged_from: from, visitor } = this.answer;
    if (from) await this.#takeOver(from);
    if (this.#isOver) return;
    this.#kept.keepVisitor(visitor);
    this.#kept.forgetOthers(this.scope);
    this.talks.begin(this.answer);
    this.line.start();
  }

  /** Ends it here; what is unsent stays for this person's next visit. */
  stop() {
    this.#isOver = true;
    this.line.stop();
    this.line.forget();
    this.outbox.stop();
    this.talks.stop();
  }

  draft(key) {
    return this.#kept.draft(this.scope, key);
  }

  keepDraft(key, text) {
    this.#kept.keepDraft(this.scope, key, text);
  }

  /** The first hello uses the ticket that came with the answer; later ones need a fresh one. */
  async #takeTicket(again) {
    const ticket = this.#ticket;
    this.#ticket = "";
    return ticket || (await again()).ticket;
  }

  /** Messages written before signing in go on as the customer's, unless they had arrived. */
  async #takeOver(from) {
    const pages = new Map();
    const wasStored = async (item) => {
      const form = this.answer.conversations.find(
        (each) => each.reference === item.conversation || (item.thread && each.thread === item.thread),
      );
      if (!form) return false;
      if (!pages.has(form.reference)) pages.set(form.reference, this.#api.conversation(form.reference));
      return (await pages.get(form.reference)).messages.some((each) => each.cid === item.cid);
    };
    const { storage } = this.#kept;
    await moveItems({ storage, prefix: OUTBOX, from, to: this.scope, wasStored });
  }
}
