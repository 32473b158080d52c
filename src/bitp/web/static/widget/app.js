/** The widget after its first opening: who is here, which screen, and what is in the way. */

import { tagOf } from "../client/words.js";
import { Api } from "./api.js";
import { el } from "./dom.js";
import { HomeScreen } from "./home_screen.js";
import { Panel, troubleScreen, waitingScreen } from "./panel.js";
import { TalkScreen } from "./talk_screen.js";
import { Kept, Visit } from "./visit.js";

const TAB = "bitp.chat.tab";
// A short wait shows nothing at all.
const SKELETON_MS = 200;
const RETRY_FIRST_MS = 2_000;
const RETRY_MAX_MS = 60_000;

/** Called by loader.js with its shell. */
export async function start(shell) {
  const parts = [loadStyle(shell), loadWords(shell), import(shell.asset("redact.js"))];
  const [style, words, { redact }] = await Promise.all(parts);
  shell.addStyle(style);
  return new App(shell, words, redact);
}

async function loadStyle({ asset }) {
  const response = await fetch(asset("widget.css"), { credentials: "omit" });
  if (!response.ok) throw new Error("no style");
  return response.text();
}

async function loadWords({ asset, language }) {
  return (await import(asset(`${language()}.js`))).default;
}

class App {
  #shell;
  #words;
  #findSecrets;
  #panel;
  #api;
  #kept;
  #visit = null;
  #entering = null;
  #options = {};
  #turn = 0;
  #retries = 0;
  #retryTimer = 0;

  constructor(shell, words, redact) {
    this.#shell = shell;
    this.#words = words;
    this.#findSecrets = redact;
    this.#api = new Api(shell.settings);
    this.#kept = new Kept(shell.settings.inbox);
    this.#panel = new Panel({ root: shell.root, words, onclose: () => this.close() });
    addEventListener("online", () => this.#retryTimer && this.#enterAgain());
    document.addEventListener("visibilitychange", () => this.#visit?.talks.seen());
    // A page that is left keeps what was being written.
    addEventListener("pagehide", () => this.#panel.screen?.composer?.leave());
    if (this.#tab === "closed") this.#enter().catch(() => {});
  }

  // --- BitP.… ---------------------------------------------------------------------------

  async open(options = {}) {
    this.#options = { ...this.#options, ...options };
    const wasOpen = this.#panel.isOpen;
    this.#panel.open();
    if (!wasOpen) this.#shell.showOpen(true);
    this.#remember("open");
    if (!this.#visit) await this.#enter();
    else this.#route({ isNew: !wasOpen });
  }

  close() {
    if (!this.#panel.isOpen) return;
    this.#panel.close();
    this.#remember("closed");
    this.#shell.showOpen(false);
    this.#shell.button.focus();
  }

  /** The host named another user, or renewed its word: whoever it was before ends first. */
  async identify() {
    if (!this.#visit && !this.#entering) return;
    this.#leave();
    await this.#enter();
  }

  async logout() {
    this.#leave();
    this.close();
    this.#remember("");
    this.#kept.forgetEverybody();
    this.#shell.showUnread(0);
  }

  async relabel() {
    this.#words = await loadWords(this.#shell);
    this.#panel.relabel(this.#words);
    this.#panel.element.lang = tagOf(this.#shell.language());
    if (this.#visit) this.#route({ isNew: true });
  }

  // --- coming in ------------------------------------------------------------------------

  /** Asks who we are and what we said; ends with a screen, whatever happens. */
  #enter() {
    this.#entering ??= this.#tryToEnter().finally(() => (this.#entering = null));
    return this.#entering;
  }

  async #tryToEnter() {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = 0;
    const skeleton = setTimeout(() => this.#panel.show(waitingScreen(this.#words)), SKELETON_MS);
    const turn = this.#turn;
    try {
      const answer = await this.#ask();
      if (turn === this.#turn) await this.#begin(answer);
      else if (this.#tab) await this.#tryToEnter();
    } catch (error) {
      this.#showTrouble(error);
    } finally {
      clearTimeout(skeleton);
    }
  }

  #ask() {
    const { inbox, identity } = this.#shell.settings;
    return this.#api.enter({ inbox, identity, visitor: this.#kept.visitor, language: this.#shell.language() });
  }

  async #begin(answer) {
    this.#retries = 0;
    const visit = new Visit({
      api: this.#api,
      kept: this.#kept,
      answer,
      url: `${this.#shell.settings.origin}/live`,
      language: () => this.#shell.language(),
      again: () => this.#askAgain(),
      changed: () => this.#draw(),
      looking: () => this.#isSeen,
      stateChanged: (state, detail) => this.#showState(state, detail),
    });
    this.#visit = visit;
    await visit.begin();
    if (this.#visit !== visit) return;
    this.#shell.tell("identity", answer.identity_accepted || answer.subject.signed_in);
    this.#route({ isNew: true });
    this.#draw();
  }

  /** A fresh ticket for the same person; for another one everything begins anew. */
  async #askAgain() {
    const answer = await this.#ask();
    if (answer.subject.reference !== this.#visit?.scope) {
      queueMicrotask(() => this.#change(answer));
      throw Object.assign(new Error("another person"), { state: "signed_out" });
    }
    if (answer.visitor) this.#kept.keepVisitor(answer.visitor);
    return answer;
  }

  async #change(answer) {
    this.#leave();
    await this.#begin(answer);
  }

  /** Whoever it was is gone, also for an answer that is still on its way. */
  #leave() {
    this.#turn += 1;
    this.#panel.show(waitingScreen(this.#words), { focus: false });
    this.#visit?.stop();
    this.#visit = null;
    this.#api.leave();
  }

  // --- screens --------------------------------------------------------------------------

  /** Where to: what was asked for, else the one open conversation, else the first screen. */
  #route({ isNew }) {
    const { conversation = "", topic, about, back } = this.#options;
    const { talks } = this.#visit;
    const asked = talks.find(conversation);
    const running = talks.list().filter((talk) => !talk.isOver);
    if (asked) this.#showTalk(asked);
    else if (topic || about) this.#showHome(this.#options);
    else if (running.length === 1 && isNew) this.#showTalk(running[0]);
    else if (isNew || back) this.#showHome({});
    this.#options = {};
  }

  #showHome(options) {
    this.#panel.show(new HomeScreen(this.#context, options));
  }

  #showTalk(talk) {
    this.#panel.show(new TalkScreen(this.#context, talk));
  }

  get #context() {
    return {
      words: this.#words,
      language: this.#shell.language(),
      visit: this.#visit,
      api: this.#api,
      shell: this.#shell,
      checkUrl: `${this.#shell.settings.origin}/support#really-title`,
      redact: (text) => this.#redact(text),
      isSeen: () => this.#isSeen,
      home: () => this.#showHome({}),
      begin: (options) => this.#showHome(options),
      talk: (talk) => this.#showTalk(talk),
      failed: (error) => this.#panel.showBar(this.#words.failed, error.retry),
    };
  }

  #draw() {
    if (!this.#visit) return;
    if (this.#panel.isOpen) this.#panel.screen?.refresh?.();
    this.#shell.showUnread(this.#visit.talks.unread);
  }

  get #isSeen() {
    return this.#panel.isOpen && document.visibilityState === "visible";
  }

  // --- what is in the way ---------------------------------------------------------------

  #showState(state, { retry_s: retry = 0 } = {}) {
    const words = this.#words;
    if (!this.#visit) return;
    const bars = {
      offline: [words.offline],
      blocked: [`${words.blocked} ${words.blockedSoon(retry)}`, this.#otherWay()],
      signed_out: [words.signedOut, { text: words.signedOutGo, run: () => this.identify() }],
      outdated: [words.outdated, { text: words.outdatedGo, run: () => location.reload() }],
    };
    this.#panel.showBar(...(bars[state] ?? [""]));
    this.#draw();
  }

  #otherWay() {
    const [way] = this.#visit.answer.ways;
    return way ? { text: this.#words.way[way.kind], run: () => open(way.link, "_blank", "noopener") } : null;
  }

  #showTrouble(error) {
    const words = this.#words;
    const isClosed = error.status === 403 || error.status === 404;
    const pause_ms = error.retry_s ? error.retry_s * 1000 : Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** this.#retries);
    this.#retries += 1;
    const text = isClosed ? words.notHere : error.status === 429 ? words.blocked : words.offlineNow;
    const more = isClosed ? "" : error.status === 429 ? words.blockedSoon(Math.ceil(pause_ms / 1000)) : words.trying;
    const retry = isClosed ? null : () => this.#enterAgain();
    this.#panel.show(troubleScreen(words, { text, more, retry }, this.#supportLink()));
    if (!isClosed) this.#retryTimer = setTimeout(() => this.#enterAgain(), pause_ms);
  }

  #enterAgain() {
    return this.#enter();
  }

  /** Without the server's answer this page is the one way we know. */
  #supportLink() {
    const url = `${this.#shell.settings.origin}/support`;
    return el("p", { class: "real" }, el("a", { href: url, target: "_blank", rel: "noopener" }, this.#words.ways));
  }

  // --- small things ---------------------------------------------------------------------

  /** Secrets are taken out here, and again by the server. */
  #redact(text) {
    const { text: safe, findings } = this.#findSecrets(text);
    return { text: safe, removed: findings.length > 0 };
  }

  get #tab() {
    try {
      return sessionStorage.getItem(TAB);
    } catch {
      return null;
    }
  }

  #remember(state) {
    try {
      if (state) sessionStorage.setItem(TAB, state);
      else sessionStorage.removeItem(TAB);
    } catch {
      // The next page of this tab starts with the button.
    }
  }
}
