// A thread's rows as the items to draw: days, the unread line, and who begins and ends a run.

import { shownName } from "./elements.js";
import { isOtherDay } from "../client/words.js";
import { say } from "./words.js";

// Messages of one author closer than this stand together under one name and one time.
const RUN_US = 5 * 60 * 1_000_000;

/** Items in order, each with a key: {kind: "day" | "unread" | "message", …}. */
export function itemsOf(rows, { me, contact, firstUnread }) {
  const items = [];
  let before = null;
  rows.forEach((row, index) => {
    const day = dayOf(row, before);
    if (day) items.push(day);
    const isUnread = row.number > 0 && row.number === firstUnread;
    if (isUnread) items.push({ kind: "unread", key: "unread" });
    const isFirst = Boolean(day) || isUnread || !isSameRun(before, row);
    const after = rows[index + 1];
    const isLast = !after || !isSameRun(row, after) || after.number === firstUnread;
    const isMine = isOwnNow(row) || (row.author.kind === "agent" && row.author.id === me.id);
    const name = isMine ? say("message.you") : nameOf(row, contact);
    items.push({ kind: "message", key: keyOf(row), row, isFirst, isLast, isMine, name });
    before = row;
  });
  return items;
}

function dayOf(row, before) {
  if (!row.number || (before && !isOtherDay(before.at_us, row.at_us))) return null;
  return { kind: "day", key: `day:${new Date(row.at_us / 1000).toDateString()}`, at_us: row.at_us };
}

/** An own message keeps its element when it gets its number. */
function keyOf(row) {
  return row.ours && row.cid ? `cid:${row.cid}` : `number:${row.number}`;
}

function isSameRun(a, b) {
  if (!a || a.kind === "system" || b.kind === "system" || a.note !== b.note) return false;
  if (isOwnNow(a) !== isOwnNow(b) || a.ours !== b.ours) return false;
  const sameAuthor = isOwnNow(a) || a.author.id === b.author.id;
  return sameAuthor && Math.abs(b.at_us - a.at_us) < RUN_US;
}

/** Written in this browser and not yet told back by the stream. */
function isOwnNow(row) {
  return row.ours && (!row.number || Boolean(row.provisional));
}

function nameOf({ author }, contact) {
  if (author.kind === "contact") return shownName(contact, say("contact.unnamed"));
  return shownName(author.name, say("agent.unnamed"));
}
