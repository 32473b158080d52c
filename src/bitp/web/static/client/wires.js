/**
 * The two ways frames travel: a WebSocket, and long polls where sockets are blocked.
 *
 * Both take the address of /live and the hello frame, and have onframe(frame), onclose(code),
 * send(frame) -> bool and close(). A wire that was closed by close() says nothing any more.
 */

// A poll without an answer for this long is over (the server answers within 25 s).
const POLL_WAIT_MS = 40_000;
// Frames that came while a poll was open go with their own request after this pause, together.
const GATHER_MS = 30;
// A socket whose unsent bytes pass this is stuck; the outbox keeps what matters.
const UNSENT_MAX = 1_000_000;
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
    socket.onclose = ({ code }) => this.onclose(code);
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
