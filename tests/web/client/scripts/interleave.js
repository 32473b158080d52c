// A conversation that really happened, cut into pages, events and acknowledgements, which then
// arrive in a random order, some of them twice. Notes make numbers jump, as for a customer.
async (seeds) => {
  const { Thread } = await import("/static/client/thread.js");
  const wrong = [];

  function generator(seed) {
    let state = (seed * 2654435761) % 4294967296;
    return (n) => (state = (state * 1664525 + 1013904223) % 4294967296) % n;
  }

  function shuffle(list, random) {
    for (let i = list.length - 1; i > 0; i -= 1) {
      const j = random(i + 1);
      [list[i], list[j]] = [list[j], list[i]];
    }
    return list;
  }

  function conversation(random) {
    const messages = [];
    const last = 5 + random(40);
    for (let number = 1; number <= last; number += 1) {
      const isNote = random(6) === 0;
      const mine = random(2) === 0;
      const author = { kind: mine ? "contact" : "agent", name: mine ? "" : "Carol" };
      const cid = mine ? `c${number}` : "";
      const rest = { kind: "text", note: false, parts: null, at_us: number };
      if (!isNote) messages.push({ number, text: `t${number}`, author, cid, ...rest });
    }
    return messages;
  }

  function streamOf(messages, marked) {
    return [
      ...messages.map((data, i) => ({ kind: "message.posted", n: i + 1, data })),
      { kind: "conversation.marked", n: 900, data: { who: "agent", ...marked } },
      { kind: "conversation.changed", n: 901, data: { status: "resolved", topic: "order" } },
      { kind: "conversation.changed", n: 902, data: { status: "open", topic: "deposit" } },
    ];
  }

  function stepsOf(thread, messages, entries, random) {
    const steps = [];
    const twice = (step) => steps.push(...Array(1 + random(2)).fill(step));
    for (const entry of entries) twice(() => thread.mergeEvent(entry));
    for (const { cid, number, text, at_us } of messages.filter((each) => each.cid)) {
      const item = { cid, body: text, at_ms: 1, state: "waiting" };
      if (random(2)) thread.addOwn(item);
      // An acknowledgement may be lost: then the event alone says that it arrived.
      if (random(3)) twice(() => thread.mergeAck({ cid, number, text, at_us }, item));
      twice(() => thread.addOwn(item));
    }
    // The page shows the conversation as it stood after some of the entries.
    const to = random(messages.length + 1);
    const from = random(to + 1);
    const marks = { contact: { delivered: 0, read: 0 }, agent: { delivered: 0, read: 0 } };
    const more = from > 0 && to > from;
    const page = { messages: messages.slice(from, to), more, head: to, status: "open", marks };
    twice(() => thread.mergePage(structuredClone(page)));
    return steps;
  }

  function check(seed) {
    const random = generator(seed);
    const messages = conversation(random);
    const read = random(40);
    const marked = { delivered: read + random(10), read };
    const thread = new Thread();
    const steps = stepsOf(thread, messages, streamOf(messages, marked), random);
    for (const step of shuffle(steps, random)) step();
    thread.addOwn({ cid: "still mine", body: "unsent", at_ms: 1, state: "waiting" });

    const stateOf = ({ number, author }) => {
      if (author.kind !== "contact") return "";
      return number <= read ? "read" : number <= marked.delivered ? "delivered" : "sent";
    };
    const rows = thread.rows();
    const line = (row, state) => `${row.number} ${row.text} ${state}`;
    const got = rows.filter((row) => row.number).map((row) => line(row, row.state)).join("|");
    const right = messages.map((row) => line(row, stateOf(row))).join("|");
    const unsent = rows.filter((row) => !row.number).map((row) => row.cid).join();
    if (got !== right) wrong.push(`${seed}: ${got} instead of ${right}`);
    if (unsent !== "still mine") wrong.push(`${seed}: unsent are ${unsent}`);
    if (`${thread.facts.topic} ${thread.facts.status}` !== "deposit open") wrong.push(`${seed}: facts`);
  }

  for (let seed = 1; seed <= seeds; seed += 1) check(seed);
  return wrong;
}
