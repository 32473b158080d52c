// In the page: window.sent is what went out, window.line whether there is a line.
async ({ scope, line }) => {
  const module = await import("/static/client/outbox.js");
  Object.assign(window, module, { line, sent: [], changes: [] });
  const send = (frame) => window.line && Boolean(window.sent.push(frame));
  const outbox = (window.outbox = new module.Outbox({ scope, send }));
  outbox.on(({ kind, item }) => window.changes.push(`${kind} ${item?.body ?? ""}`));
  window.put = (body, more = {}) => outbox.put({ body, thread: "talk", ...more }).cid;
  window.bodies = () => window.sent.map((frame) => frame.body);
  const answer = { t: "ack", result: "accepted", conversation: "BP", number: 1, text: "as stored" };
  window.ack = (cid, more = {}) => outbox.ack({ ...answer, cid, ...more });
}
