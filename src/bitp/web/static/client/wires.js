/**
 * The two ways frames travel: a WebSocket, and long polls where sockets are blocked.
 *
 * Both take the address of /live and the hello frame, and have onframe(frame), onclose(code, reason),
 * send(frame) -> bool and close(). A wire that was closed by close() says nothing any more.
 */

// A poll without an answer for this long is over (the server answers within 25 s).
const POLL_WAIT_MS = 40_000;
// Frames that came while a poll was open go with their own request after this pause, together.
const GATHER_MS = 30;
// A socket whose unsent bytes pass this is stuck; the outbox keeps what matters.
const UNSENT_MAX = 1_000_000;
// The server takes this many frames in one request.
const FRAMES_MAX = 90;
const GONE = 1006;

/** The address with another scheme: http(s) for polls, ws(s) for sockets. */
function address(url, scheme) {
  const found = new URL(url, document.baseURI);
  const secure = found.protocol === "https:" || found.protocol === "wss:";
  found.protocol = scheme + (secure ? "s:" : ":");
  return found.href;
}

export class SocketWire {
  onframe = () => {};
  onclose = () => {};
  #socket;

  constructor(url, hello) {
    const socket = new WebSocket(address(url, "ws"));
    this.#socket = socket;
    socket.onopen = () => socket.send(JSON.stringify(hello));
    socket.onmessage = ({ data }) => this.onframe(JSON.parse(data));
    socket.onclose = ({ code, reason }) => this.onclose(code, reason);
  }

  send(frame) {
    if (this.#socket.readyState !== WebSocket.OPEN) return false;
    if (this.#socket.bufferedAmount > UNSENT_MAX) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  close() {
    this.onframe = this.onclose = () => {};
    this.#socket.close(1000);
  }
}

/**
 * Asks again and again; an answer is held by the server until there is something to say. What an
 * answer carried is repeated until the next request has confirmed it, so a lost one loses nothing.
 */
export class PollWire {
  onframe = () => {};
  onclose = () => {};
  #url;
  #id = "";
  #seen = 0;
  #out = [];
  #gathering = 0;
  #asking = 0;
  #closed = new AbortController();

  constructor(url, hello) {
    this.#url = address(`${new URL(url, document.baseURI).href}/poll`, "http");
    this.#out.push(hello);
    this.#ask();
  }

  send(frame) {
    this.#out.push(frame);
    if (this.#id) this.#gathering ||= setTimeout(() => this.#ask(), GATHER_MS);
    return true;
  }

  close() {
    this.onframe = this.onclose = () => {};
    clearTimeout(this.#gathering);
    this.#closed.abort();
  }

  async #ask() {
    clearTimeout(this.#gathering);
    this.#gathering = 0;
    this.#asking += 1;
    const frames = this.#out.splice(0, FRAMES_MAX);
    try {
      this.#take(await this.#post([{ t: "poll", id: this.#id, seen: this.#seen }, ...frames]));
    } catch {
      this.onclose(GONE);
      return;
    }
    this.#asking -= 1;
    if (!this.#closed.signal.aborted && (!this.#asking || this.#out.length)) this.#ask();
  }

  async #post(frames) {
    const timer = setTimeout(() => this.#closed.abort(), POLL_WAIT_MS);
    // Without a content type of its own a request to another origin needs no preflight.
    const response = await fetch(this.#url, {
      method: "POST",
      body: JSON.stringify(frames),
      credentials: "omit",
      cache: "no-store",
      signal: this.#closed.signal,
    }).finally(() => clearTimeout(timer));
    if (!response.ok) throw new Error(String(response.status));
    return response.json();
  }

  /** Frames are numbered up to polled.n; an answer repeats what was not yet confirmed. */
  #take([polled, ...frames]) {
    if (polled.t === "polled") {
      frames.splice(0, this.#seen - (polled.n - frames.length));
      this.#id = polled.id;
      this.#seen = Math.max(this.#seen, polled.n);
    } else {
      frames.unshift(polled);
    }
    for (const frame of frames) {
      if (frame.t === "closed") this.#end(frame);
      else this.onframe(frame);
    }
  }

  #end({ code, reason }) {
    const tell = this.onclose;
    this.close();
    tell(code, reason);
  }
}
