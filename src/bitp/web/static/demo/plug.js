/**
 * Pull the plug: sends messages through one connection, reads them back on a second one, and
 * counts. Lost: acknowledged, but not delivered although later ones were. Doubled: delivered
 * more than once.
 */

import { Connection } from "../client/connection.js";
import { Outbox, newId } from "../client/outbox.js";

// Eight a second: below the limit of one connection, enough to be caught in the middle.
const EVERY_MS = 125;
const LOG_LINES_MAX = 40;

const find = (id) => document.getElementById(id);
const log = find("log");
const acknowledged = new Map();
const delivered = new Map();
let sent = 0;
let reference = "";
let visitor = "";
let timer = 0;
const thread = newId();

async function ticket() {
  const response = await fetch("/chat/ticket", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ inbox: "site", visitor, language: document.documentElement.lang }),
  });
  if (!response.ok) throw new Error(`ticket: ${response.status}`);
  const answer = await response.json();
  visitor = answer.visitor ?? visitor;
  return answer.ticket;
}

const writer = new Connection({ url: `${location.origin}/live`, ticket });
const reader = new Connection({ url: `${location.origin}/live`, ticket });
const outbox = new Outbox({
  scope: `plug-${thread}`,
  prefix: "bitp.demo.",
  send: (frame) => writer.send(frame),
});

writer.on("welcome", () => outbox.flush({ again: true }));
writer.on("lost", () => outbox.rest());
writer.on("ack", (frame) => {
  outbox.ack(frame);
  if (frame.result === "accepted" || frame.result === "duplicate") {
    acknowledged.set(frame.cid, frame.number);
    if (!reference) follow(frame.conversation);
  }
  show();
});
for (const [name, line] of [["1", writer], ["2", reader]]) {
  line.on("welcome", () => say(`${name}: ${log.dataset.online}`));
  line.on("lost", () => say(`${name}: ${log.dataset.lost}`));
}

function follow(name) {
  reference = name;
  reader.follow(`conversation/${reference}/customer`, 0, count, async (head) => head);
}

function count(event) {
  if (event.kind !== "message.posted" || event.data.author.kind !== "contact") return;
  delivered.set(event.data.cid, (delivered.get(event.data.cid) ?? 0) + 1);
  show(event.data.number);
}

let furthest = 0;

function show(number = 0) {
  furthest = Math.max(furthest, number);
  const lost = [...acknowledged].filter(([cid, at]) => at < furthest && !delivered.has(cid));
  const doubled = [...delivered.values()].filter((times) => times > 1).length;
  const figures = {
    sent,
    acknowledged: acknowledged.size,
    delivered: delivered.size,
    waiting: sent - delivered.size,
    lost: lost.length,
    doubled,
  };
  for (const [id, figure] of Object.entries(figures)) {
    find(id).textContent = figure;
    find(id).parentElement.dataset.bad = String(figure > 0);
  }
}

function send() {
  if (sent - acknowledged.size >= 90) return;
  sent += 1;
  outbox.put({
    body: `${sent}`,
    conversation: reference,
    thread: reference ? "" : thread,
    topic: "technical",
  });
  show();
}

function say(text) {
  const line = document.createElement("li");
  line.textContent = `${new Date().toLocaleTimeString()}  ${text}`;
  log.prepend(line);
  while (log.children.length > LOG_LINES_MAX) log.lastChild.remove();
}

find("traffic").addEventListener("click", async (event) => {
  const button = event.currentTarget;
  const label = button.textContent;
  button.textContent = button.dataset.stop;
  button.dataset.stop = label;
  if (timer) {
    clearInterval(timer);
    timer = 0;
  } else {
    // Both connections are the same visitor's, as two tabs are.
    if (!visitor) await ticket();
    writer.start();
    reader.start();
    timer = setInterval(send, EVERY_MS);
  }
  button.setAttribute("aria-pressed", String(Boolean(timer)));
});

find("pull").addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = new FormData(event.target);
  const process = event.submitter.value;
  body.set("process", process);
  const response = await fetch(event.target.action, { method: "POST", body }).catch(() => null);
  // The answer itself comes through live and web: without one, whoever carried it is gone.
  const wasKilled = !response || response.ok || response.status >= 502;
  say(`${process} ${wasKilled ? log.dataset.killed : log.dataset.refused}`);
});
