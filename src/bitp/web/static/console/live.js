// Which streams the console follows, and where their entries go.
//
// The queue and the member's own stream say who comes and goes; a conversation is followed while
// it is open, while it is the member's own, or while its row is on the screen.

// Below the gateway's limit for one connection, with room for what later panels follow.
const FOLLOWED_MAX = 150;

export class Live {
  #desk;
  #followed = new Set();
  #here = new Set();

  constructor(desk) {
    this.#desk = desk;
    desk.signals.on("lists talk", () => this.#sync());
    desk.line.on("typing", (frame) => this.#hearTyping(frame));
    desk.line.on("presence", (frame) => this.#hearPresence(frame));
    desk.line.on("lost", () => this.#forgetWhoIsHere());
  }

  /** Whether the contact of a followed conversation is connected now. */
  isHere(reference) {
    return this.#here.has(reference);
  }

  /** Follows the streams that the lists' answer gave a number for: the queue, the member's own. */
  followOwn() {
    const { line, lists } = this.#desk;
    for (const [stream, head] of Object.entries(lists.heads)) {
      const reload = async () => {
        await lists.refresh();
        return lists.heads[stream];
      };
      line.follow(stream, head, (event) => this.#hearOwn(event), reload);
    }
  }

  #hearOwn(event) {
    this.#desk.lists.hearOwn(event);
    if (event.kind === "conversation.assigned") this.#desk.assignView.hear(event.data);
    this.#desk.signals.raise(event.kind);
  }

  #forgetWhoIsHere() {
    this.#here.clear();
    this.#desk.signals.raise("talk");
  }

  #hearTyping(frame) {
    const { talk } = this.#desk;
    if (talk?.reference === frame.conversation) talk.hearTyping(frame);
  }

  /** Told once at following, then at each change. */
  #hearPresence({ conversation, who, on }) {
    if (who !== "contact") return;
    if (on) this.#here.add(conversation);
    else this.#here.delete(conversation);
    this.#desk.signals.raise("talk");
  }

  #wanted() {
    const { lists, talk } = this.#desk;
    const open = talk && lists.rows.has(talk.reference) ? [talk.reference] : [];
    const shown = lists.shown().map((row) => row.reference);
    return new Set([...open, ...lists.own(), ...shown].slice(0, FOLLOWED_MAX));
  }

  #sync() {
    const wanted = this.#wanted();
    const { line } = this.#desk;
    for (const reference of this.#followed) {
      if (wanted.has(reference)) continue;
      line.unfollow(streamOf(reference));
      this.#here.delete(reference);
    }
    for (const reference of wanted) {
      if (!this.#followed.has(reference)) this.#follow(reference);
    }
    this.#followed = wanted;
  }

  #follow(reference) {
    const { line, lists } = this.#desk;
    line.follow(
      streamOf(reference),
      lists.rows.get(reference).head,
      (event) => this.#hear(reference, event),
      (head) => this.#reload(reference, head),
    );
  }

  #hear(reference, event) {
    const { lists, marks, talk, me } = this.#desk;
    lists.hear(reference, event);
    if (talk?.reference === reference) talk.hear(event);
    const isNew = event.kind === "message.posted" && event.data.author?.kind === "contact";
    if (isNew && lists.rows.get(reference)?.assignee?.id === me.id) {
      marks.move(reference, event.data.number);
    }
  }

  /** The log no longer keeps what was missed: load the page again, go on from its number. */
  async #reload(reference, head) {
    const { lists, talk } = this.#desk;
    if (talk?.reference === reference) return talk.load();
    await lists.refresh();
    return lists.rows.get(reference)?.head ?? head;
  }
}

function streamOf(reference) {
  return `conversation/${reference}/staff`;
}
