/**
 * The live connection, used by the widget, the console, the customers' pages and the demo.
 *
 *   const line = new Connection({ url: "https://host/live", ticket, storage: sessionStorage });
 *   line.on("state", (state, detail) => …);
 *   line.follow("conversation/BP-…/customer", head, (event) => …, async (head) => newHead);
 *   line.start();
 *   line.send({ t: "typing", conversation, on: true });   // true when it was handed over
 *
 * url       address of /live (http(s) or ws(s)); the fallback is url + "/poll".
 * ticket    async () => string: a fresh ticket for hello. It may throw an error with
 *           `state` ("signed_out": stop; "blocked": wait `retry_s` and ask again); any other
 *           error counts as having no network.
 * storage   optional Storage that keeps the resume token across page loads. Give each kind of
 *           client its own (the widget gives none); `forget()` removes it.
 *
 * follow(stream, from, onEvent, onResync)
 *           onEvent({stream, n, kind, at_us, data}) for every entry after `from`, in order,
 *           each once. onResync(head) when the log no longer has them: load the page again and
 *           return (a promise of) the number the page carries; following goes on from there.
 *           A rejected promise is asked again.
 *
 * Events of on(name, fn), which returns a function that takes it off again:
 *   state     (state, {code, retry_s}); see STATES
 *   welcome   (frame)      every time the line is up
 *   lost      ()           every time it is down again
 *   ack, typing, presence  (frame)
 *   refused   (frame)      an error frame; with `stream`, that stream is no longer followed, or
 *                          with `retry_s` too, it is asked for again after so many seconds
 *
 * The line never gives up silently: unless it is signed out or outdated it tries for ever,
 * with growing, random pauses, and at once when the browser says that something changed.
 */

import { Streams } from "./streams.js";
import { PollWire, SocketWire } from "./wires.js";

export const VERSION = 1;

/**
 * connecting  opening, or just lost and not yet tried again
 * online      welcome was said
 * offline     trying fails; it goes on trying
 * blocked     the server asks to wait (too many connections); it goes on after the wait
 * signed_out  the right was taken away; start() again after signing in
 * outdated    this page speaks an old protocol; reload it
 */
export const STATES = ["connecting", "online", "offline", "blocked", "signed_out", "outdated"];

// First and longest pause between two tries.
const PAUSE_FIRST_MS = 500;
const PAUSE_MAX_MS = 30_000;
// Close codes that ask us back soon, and over how long that is spread when they do not say.
const SOON_MS = { 1012: 500, 1013: 5_000, 4408: 500 };
// No welcome after this long: the try has failed.
const WELCOME_WAIT_MS = 10_000;
// No sign of life this long after a ping: the line is dead, whatever the browser believes.
const PONG_WAIT_MS = 6_000;
// The same when the browser itself says that the network is gone.
const UNPLUGGED_WAIT_MS = 1_500;
// A line that lived this long was good: the next pause is short again.
const STEADY_MS = 5_000;
// So many sockets failed without one frame: ask by long poll.
const SOCKETS_FAILED = 2;
// While polling, try a socket again after this.
const SOCKET_AGAIN_MS = 5 * 60_000;
// How long "blocked" lasts when the server names no time.
const BLOCKED_S = 30;

const RESUME_KEY = "bitp.resume";

export class Connection {
  #url;
  #ticket;
  #storage;
  #listeners = new Map();
  #streams = new Streams((frame) => this.send(frame));
  #state = "offline";
  #running = false;
  #wire = null;
  #turn = 0;
  #tries = 0;
  #socketsFailed = 0;
  #polling = false;
  #onlineAt = 0;
  #retry_s = 0;
  #resume = "";
  #timer = 0;
  #beat = 0;
  #deadline = 0;
  #wake = () => this.#look();
  #shown = () => document.visibilityState === "visible" && this.#look();
  #unplugged = () => this.#check(UNPLUGGED_WAIT_MS);

  constructor({ url, ticket, storage = null }) {
    this.#url = url;
    this.#ticket = ticket;
    this.#storage = storage;
    this.#resume = storage?.getItem(RESUME_KEY) ?? "";
  }

  get state() {
    return this.#state;
  }

  start() {
    if (this.#running) return;
    this.#running = true;
    this.#tries = 0;
    addEventListener("online", this.#wake);
    addEventListener("pageshow", this.#wake);
    addEventListener("offline", this.#unplugged);
    document.addEventListener("visibilitychange", this.#shown);
    this.#connect();
  }

  /** Ends the line. It can be started again. */
  stop() {
    this.#halt();
    this.#set("offline");
  }

  #halt() {
    this.#running = false;
    this.#turn += 1;
    removeEventListener("online", this.#wake);
    removeEventListener("pageshow", this.#wake);
    removeEventListener("offline", this.#unplugged);
    document.removeEventListener("visibilitychange", this.#shown);
    this.#drop();
  }

  /** Forgets the resume token: the next hello asks for a ticket. */
  forget() {
    this.#keep("");
  }

  on(name, fn) {
    const fns = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, fns.add(fn));
    return () => fns.delete(fn);
  }

  follow(stream, from, onEvent, onResync) {
    this.#streams.follow(stream, from, onEvent, onResync);
  }

  unfollow(stream) {
    this.#streams.unfollow(stream);
  }

  /** Hands a frame to the line; false when there is none just now. */
  send(frame) {
    if (this.#state !== "online") return false;
    return this.#wire.send(frame);
  }

  // --- coming and going -----------------------------------------------------------------

  async #connect() {
    const turn = ++this.#turn;
    clearTimeout(this.#timer);
    if (this.#state === "online" || this.#tries === 0) this.#set("connecting");
    let hello;
    try {
      hello = this.#resume ? { resume: this.#resume } : { ticket: await this.#ticket() };
    } catch (error) {
      if (turn === this.#turn) this.#noTicket(error);
      return;
    }
    if (turn === this.#turn && this.#running) this.#open({ t: "hello", v: VERSION, ...hello });
  }

  #noTicket(error) {
    if (error?.state === "signed_out") return this.#end("signed_out", error);
    if (error?.state === "blocked") {
      return this.#wait("blocked", (error.retry_s || BLOCKED_S) * 1000, error);
    }
    return this.#again(error);
  }

  #open(hello) {
    const Wire = this.#polling ? PollWire : SocketWire;
    const wire = new Wire(this.#url, hello);
    this.#wire = wire;
    let heard = false;
    wire.onframe = (frame) => {
      if (wire !== this.#wire) return;
      heard = true;
      this.#hear(frame);
    };
    wire.onclose = (code, reason) => {
      if (wire !== this.#wire) return;
      if (!heard) this.#countFailure();
      this.#closed(code, reason);
    };
    this.#giveUpAfter(WELCOME_WAIT_MS);
  }

  /** Two sockets that never spoke: poll. A poll that never spoke: sockets again. */
  #countFailure() {
    this.#socketsFailed = this.#polling ? 0 : this.#socketsFailed + 1;
    this.#polling = this.#socketsFailed >= SOCKETS_FAILED;
  }

  #closed(code, reason = "") {
    const steady = this.#onlineAt && Date.now() - this.#onlineAt > STEADY_MS;
    if (steady) this.#tries = 0;
    this.#drop();
    if (code === 4401) this.#keep("");
    if (code === 4403) return this.#end("signed_out");
    if (code === 4406) return this.#end("outdated");
    if (code === 4429) return this.#wait("blocked", (this.#retry_s || BLOCKED_S) * 1000);
    if (code in SOON_MS && this.#tries++ === 0) {
      const spread_ms = Number(/spread_ms=(\d+)/.exec(reason)?.[1] ?? SOON_MS[code]);
      return this.#wait("connecting", Math.random() * spread_ms);
    }
    return this.#again();
  }

  /** Lets go of the wire and tells the followers' owner. */
  #drop() {
    clearTimeout(this.#timer);
    clearTimeout(this.#deadline);
    clearInterval(this.#beat);
    const wire = this.#wire;
    this.#wire = null;
    wire?.close();
    if (this.#onlineAt) {
      this.#onlineAt = 0;
      this.#set("connecting");
      this.#tell("lost");
    }
  }

  #end(state, detail) {
    this.#keep("");
    this.#halt();
    this.#set(state, detail);
  }

  /** Tries again after a growing, random pause. */
  #again(detail) {
    const longest = Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** this.#tries);
    const first = this.#tries === 0 && this.#state === "connecting" && navigator.onLine !== false;
    this.#tries += 1;
    this.#wait(first ? "connecting" : "offline", longest * (0.5 + Math.random() / 2), detail);
  }

  #wait(state, pause_ms, detail) {
    if (!this.#running) return;
    this.#set(state, { retry_s: Math.ceil(pause_ms / 1000), code: detail?.code });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), pause_ms);
  }

  /** The browser says that something changed: try now, or make sure that the line lives. */
  #look() {
    if (!this.#running || this.#state === "blocked") return;
    if (this.#state === "online") return this.#check();
    if (this.#wire) return;
    this.#tries = 0;
    this.#connect();
  }

  // --- what the server says -------------------------------------------------------------

  #hear(frame) {
    if (this.#state === "online") clearTimeout(this.#deadline);
    switch (frame.t) {
      case "welcome": return this.#welcome(frame);
      case "subscribed": return this.#streams.subscribed(frame);
      case "event": return this.#streams.event(frame);
      case "resync": return this.#streams.resync(frame);
      case "error": return this.#refused(frame);
      case "pong": return undefined;
      default: return this.#tell(frame.t, frame);
    }
  }

  #welcome(frame) {
    clearTimeout(this.#deadline);
    this.#keep(frame.resume);
    this.#socketsFailed = 0;
    this.#retry_s = 0;
    this.#onlineAt = Date.now();
    this.#set("online");
    this.#startBeat((frame.ping_s || 25) * 1000);
    this.#streams.subscribeAll();
    this.#tell("welcome", frame);
  }

  #refused(frame) {
    if (frame.retry_s) this.#retry_s = frame.retry_s;
    if (frame.stream) this.#streams.refused(frame);
    this.#tell("refused", frame);
  }

  // --- signs of life --------------------------------------------------------------------

  #startBeat(every_ms) {
    clearInterval(this.#beat);
    const began = Date.now();
    this.#beat = setInterval(() => {
      if (this.#polling && Date.now() - began > SOCKET_AGAIN_MS) return this.#trySocket();
      return this.#check(PONG_WAIT_MS);
    }, every_ms);
  }

  #check(wait_ms = PONG_WAIT_MS) {
    if (this.#state !== "online") return;
    this.send({ t: "ping", n: 0 });
    this.#giveUpAfter(wait_ms);
  }

  #giveUpAfter(wait_ms) {
    clearTimeout(this.#deadline);
    const wire = this.#wire;
    this.#deadline = setTimeout(() => wire === this.#wire && wire.onclose(1006), wait_ms);
  }

  /** One socket that fails sends us straight back to polling. */
  #trySocket() {
    this.#polling = false;
    this.#socketsFailed = SOCKETS_FAILED - 1;
    this.#drop();
    this.#connect();
  }

  // --- small things ---------------------------------------------------------------------

  #keep(token) {
    this.#resume = token;
    try {
      if (token) this.#storage?.setItem(RESUME_KEY, token);
      else this.#storage?.removeItem(RESUME_KEY);
    } catch {
      // A full or forbidden storage only costs a ticket at the next page.
    }
  }

  #set(state, detail = {}) {
    const isNews = detail.retry_s && state !== "connecting";
    if (state === this.#state && !isNews) return;
    this.#state = state;
    this.#tell("state", state, detail);
  }

  #tell(name, ...values) {
    for (const fn of [...(this.#listeners.get(name) ?? [])]) this.#call(fn, ...values);
  }

  /** A listener that throws must not stop the line. */
  #call(fn, ...values) {
    try {
      fn?.(...values);
    } catch (error) {
      reportError(error);
    }
  }
}
