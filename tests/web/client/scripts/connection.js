// In the page: window.line, and what it told.
async ({ url, ticket }) => {
  const { Connection } = await import("/static/client/connection.js");
  Object.assign(window, { states: [], events: [], told: [], acks: [], tickets: 0, resyncs: 0 });
  const ask = async () => {
    window.tickets += 1;
    if (window.noTicket) throw Object.assign(new Error("no"), window.noTicket);
    return ticket;
  };
  const line = (window.line = new Connection({ url, ticket: ask }));
  const names = ["ack", "typing", "refused", "lost", "welcome"];
  line.on("state", (state) => window.states.push(state));
  line.on("ack", (frame) => window.acks.push(frame));
  for (const name of names) line.on(name, () => window.told.push(name));
  window.follow = (stream, from, keep = (event) => event.n) => {
    const onResync = async (head) => {
      window.resyncs += 1;
      return head;
    };
    line.follow(stream, from, (event) => window.events.push(keep(event)), onResync);
  };
}
