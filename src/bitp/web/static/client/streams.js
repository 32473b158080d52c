/**
 * The streams a connection follows: every entry once, in order, from a number on.
 *
 * Survives the connection: after each welcome everything is asked for again from its last
 * number. An entry that was had is left out; a missing one is asked for again.
 */

// Pause before a failed reload of a page is asked again.
const RESYNC_AGAIN_MS = 3_000;

export class Streams {
  #send;
  #followed = new Map();

  /** send(frame): false when there is no line; the next welcome makes up for it. */
  constructor(send) {
    this.#send = send;
  }

  follow(stream, from, onEvent, onResync) {
    this.#followed.set(stream, { n: from, onEvent, onResync, asked: false });
    this.#subscribe(stream);
  }

  unfollow(stream) {
    if (this.#followed.delete(stream)) this.#send({ t: "unsubscribe", stream });
  }

  /** The server does not give this stream to us: for good, or not before `retry_s`. */
  refused({ stream, retry_s = 0 }) {
    const followed = this.#followed.get(stream);
    if (!retry_s) {
      this.#followed.delete(stream);
      return;
    }
    const isOurs = () => this.#followed.get(stream) === followed;
    if (followed) setTimeout(() => isOurs() && this.#subscribe(stream), retry_s * 1000);
  }

  subscribeAll() {
    for (const stream of this.#followed.keys()) this.#subscribe(stream);
  }

  subscribed({ stream }) {
    const followed = this.#followed.get(stream);
    if (followed) followed.asked = false;
  }

  event(frame) {
    const followed = this.#followed.get(frame.stream);
    if (!followed || frame.n <= followed.n) return;
    if (frame.n > followed.n + 1) {
      this.#mend(frame.stream, followed);
      return;
    }
    followed.n = frame.n;
    try {
      followed.onEvent(frame);
    } catch (error) {
      // A listener that fails must not stop the others.
      reportError(error);
    }
  }

  /** The log no longer has what we asked for: the owner loads its page again. */
  async resync({ stream, head }) {
    const followed = this.#followed.get(stream);
    if (!followed) return;
    const isOurs = () => this.#followed.get(stream) === followed;
    try {
      followed.n = await followed.onResync(head);
    } catch {
      setTimeout(() => isOurs() && this.resync({ stream, head }), RESYNC_AGAIN_MS);
      return;
    }
    if (isOurs()) this.#subscribe(stream);
  }

  /** Numbers of a stream have no gaps: ask again from the last one that came. */
  #mend(stream, followed) {
    if (followed.asked) return;
    this.#send({ t: "unsubscribe", stream });
    this.#subscribe(stream);
  }

  #subscribe(stream) {
    const followed = this.#followed.get(stream);
    followed.asked = this.#send({ t: "subscribe", stream, n: followed.n });
  }
}
