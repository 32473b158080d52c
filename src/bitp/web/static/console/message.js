// One message: its text (never as HTML), who wrote it and when, and how far it has come.

import { drawFiles } from "../client/files.js";
import { FILES_WORDS } from "../client/files_words.js";
import { withLinks } from "../client/links.js";
import { element, icon, setAttribute, shownName } from "./elements.js";
import { absolute, hour } from "./moments.js";
import { hasWords, language, say } from "./words.js";

// Longer texts are folded until somebody asks for all of them.
const FOLD_CHARACTERS = 1_800;
const FOLD_LINES = 30;
// What the server put in the place of a secret (bitp.policies.secrets).
const MASK = /⟦removed:([a-z_]{1,32}):(\d{1,7})⟧/gu;

/** An empty message; updateMessage fills it. */
export function drawMessage(item) {
  const drawn = element("li", {});
  drawn.expanded = false;
  setAttribute(drawn, "data-number", item.row.number || null);
  return drawn;
}

/** Draws the item unless it stands there already. item: {row, isFirst, isLast}; see thread_items. */
export function updateMessage(drawn, item, acts) {
  const { row } = item;
  const signature = [row.number, row.state, row.code, row.text, filesOf(row), item.isFirst, item.isLast].join("|");
  if (drawn.signature === signature) return;
  drawn.signature = signature;
  setAttribute(drawn, "data-number", row.number || null);
  drawn.className = classOf(item);
  if (row.kind === "system") drawn.replaceChildren(systemLine(row));
  else drawn.replaceChildren(...parts(drawn, item, acts));
}

function classOf({ row, isFirst }) {
  const names = ["message"];
  if (row.kind === "system") names.push("message-system");
  else if (row.note) names.push("message-note");
  else if (row.ours) names.push("message-ours");
  if (isFirst) names.push("message-first");
  if (row.state === "sending") names.push("message-pending");
  return names.join(" ");
}

function parts(drawn, item, acts) {
  const { row, isFirst, isLast } = item;
  const isMarked = row.ours && (isLast || row.state === "failed" || row.state === "sending");
  return [
    row.note || row.author.program || (isFirst && !item.isMine) ? author(item) : null,
    body(drawn, row),
    isLast || isMarked ? meta(item, isMarked, acts) : null,
  ].filter(Boolean);
}

function author({ row, name }) {
  const words = [element("bdi", {}, name)];
  if (row.note) words.push(` · ${say("message.note")}`);
  if (row.author.program) words.push(` · ${say("message.program")}`);
  if (row.author.stand_in) words.push(` · ${say("message.stand_in")}`);
  return element("p", { class: "message-author" }, ...words);
}

function body(drawn, row) {
  const text = element("span", { class: "message-text" }, withLinks(row.text, withMasks));
  const drawnBody = element("div", { class: "message-body", dir: "auto" }, text);
  if (row.parts?.files) drawnBody.append(files(row.parts.files));
  if (row.note) drawnBody.prepend(lock());
  if (isLong(row.text)) fold(drawn, drawnBody);
  return drawnBody;
}

/** What of the files may change what is drawn. */
function filesOf(row) {
  return (row.parts?.files ?? []).map(({ reference, state }) => `${reference} ${state}`).join();
}

/** Pictures in place, everything else by name; each opens beside the console. */
function files(sent) {
  const address = ({ reference }) => `/console/attachments/${reference}`;
  return drawFiles(sent, {
    words: FILES_WORDS[document.documentElement.lang.startsWith("zh") ? "zh-hans" : "en"],
    show: (image, file) => (image.src = `${address(file)}?size=small`),
    open: (file) => window.open(address(file), "_blank", "noopener"),
  });
}

function lock() {
  const drawn = icon("lock");
  drawn.classList.add("message-lock");
  return drawn;
}

function isLong(text) {
  return text.length > FOLD_CHARACTERS || text.split("\n", FOLD_LINES + 1).length > FOLD_LINES;
}

function fold(drawn, drawnBody) {
  const button = element("button", { type: "button", class: "message-more" });
  const show = () => {
    drawnBody.classList.toggle("message-long", !drawn.expanded);
    button.textContent = say(drawn.expanded ? "message.less" : "message.all");
    setAttribute(button, "aria-expanded", String(drawn.expanded));
  };
  button.addEventListener("click", () => {
    drawn.expanded = !drawn.expanded;
    show();
  });
  drawnBody.append(button);
  show();
}

/** Plain text with a chip in the place of each removed secret. */
export function withMasks(plain) {
  const nodes = [];
  let at = 0;
  for (const match of plain.matchAll(MASK)) {
    if (match.index > at) nodes.push(plain.slice(at, match.index));
    nodes.push(chip(match[1], match[2]));
    at = match.index + match[0].length;
  }
  if (at < plain.length) nodes.push(plain.slice(at));
  return nodes;
}

function chip(kind, length) {
  const name = hasWords(`secret.${kind}`) ? say(`secret.${kind}`) : say("secret.other");
  const title = say("secret.why", { length });
  return element("span", { class: "secret", title }, icon("lock"), say("secret.removed", { name }));
}

function meta({ row, name }, isMarked, acts) {
  const drawn = element("p", { class: "message-meta" });
  if (row.number) drawn.append(time(row));
  if (isMarked && !(row.note && row.state !== "sending" && row.state !== "failed")) {
    drawn.append(stateMark(row));
  }
  if (row.state === "failed" && !row.number) drawn.append(...remedies(row, acts));
  drawn.prepend(element("span", { class: "for-readers" }, `${name}: `));
  return drawn;
}

function time({ at_us }) {
  const when = { datetime: new Date(at_us / 1000).toISOString(), title: absolute(at_us) };
  return element("time", when, hour(at_us));
}

function stateMark(row) {
  const words = row.state === "failed" ? failure(row) : say(`state.${row.state}`);
  const mark = { class: "message-state", "data-state": row.state };
  return element("span", mark, icon(row.state), words);
}

function failure(row) {
  const key = `refused.${row.code}`;
  if (row.code && hasWords(key)) return say(key);
  return row.delivery_reason || say("state.failed");
}

function remedies(row, acts) {
  const remedy = (name) => {
    const button = { type: "button", class: "message-retry", on: { click: () => acts[name](row.cid) } };
    return element("button", button, say(`failed.${name}`));
  };
  return [remedy("retry"), remedy("edit")];
}

/** Values that the line names in the reader's language: the queue, the topic. */
function worded(values) {
  const { queue_en, queue_zh, topic } = values;
  const queue = language() === "zh-hans" ? queue_zh : queue_en;
  return { ...values, ...(queue && { queue }), ...(topic && { topic: say(`topic.${topic}`) }) };
}

function systemLine(row) {
  const { code = "", name = "", ...values } = row.parts ?? {};
  const key = `system.${code}`;
  const words = say(hasWords(key) ? key : "system.other", { ...worded(values), name: shownName(name, "") });
  const line = element("p", {}, `${words} · `);
  if (row.number) line.append(time(row));
  return line;
}
