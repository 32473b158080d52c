// One row of the list: who, since when, what was said last, about what, how well proven.

import { element, setAttribute, setText, shownName } from "./elements.js";
import { drawLevel, showLevel } from "./level.js";
import { minutesSince, showAge } from "./moments.js";
import { say } from "./words.js";

// A wait beyond this many minutes is drawn as a warning.
const LONG_WAIT_MINUTES = 10;

/** An empty row that leads to `address`; updateRow fills it. */
export function drawRow(row, address) {
  const parts = {
    who: element("bdi", { class: "row-who" }),
    when: element("time", { class: "row-when" }),
    preview: element("span", { class: "row-preview", dir: "auto" }),
    unread: element("span", { class: "row-unread-count" }),
    alarm: element("span", { class: "badge", hidden: true }),
    topic: element("span", { class: "row-topic" }),
    level: drawLevel(row.level),
    assignee: element("span", { class: "row-assignee" }),
  };
  parts.when.addEventListener("aged", () => warnOfLongWait(parts.when));
  const facts = element("span", { class: "row-facts" }, parts.alarm, parts.topic, parts.level, parts.assignee);
  const link = element(
    "a",
    { class: "row-link", href: address, "data-conversation": row.reference },
    ...[parts.who, parts.when, parts.preview, parts.unread, facts],
  );
  const drawn = element("li", { class: "row", "data-reference": row.reference }, link);
  Object.assign(drawn, { parts, link });
  return drawn;
}

/** Shows what is now known of the row. */
export function updateRow(drawn, row, { me, open }) {
  const { parts, link } = drawn;
  setAttribute(link, "aria-current", row.reference === open && "true");
  const unread = concerns(row, me) ? row.unread : 0;
  drawn.classList.toggle("row-unread", unread > 0);
  setText(parts.who, shownName(row.contact.name, say("contact.unnamed")));
  setText(parts.preview, previewOf(row));
  setText(parts.topic, say(`topic.${row.topic}`));
  setText(parts.assignee, assigneeOf(row, me));
  showAlarm(parts.alarm, row);
  showLevel(parts.level, row.level);
  showWait(parts.when, row);
  showUnread(parts.unread, unread);
}

/** A colleague's conversation, or a settled one, is nothing this member has to read. */
function concerns(row, me) {
  return row.status !== "resolved" && (!row.assignee || row.assignee.id === me.id);
}

function showWait(time, row) {
  time.isWaiting = row.waiting_since_us > 0 && row.status !== "resolved";
  if (time.isWaiting) showAge(time, row.waiting_since_us, "row.waits");
  else showAge(time, row.last_us);
}

function warnOfLongWait(time) {
  const long = time.isWaiting && minutesSince(time.agedSince_us) >= LONG_WAIT_MINUTES;
  setAttribute(time, "data-long", long);
}

/** What must not wait: an urgent matter, or a wait that supervisors were told of. */
function showAlarm(badge, row) {
  const alarm = row.raised ? "raised" : row.urgent ? "urgent" : "";
  badge.hidden = !(alarm && row.waiting_since_us && row.status !== "resolved");
  badge.classList.toggle("badge-danger", alarm === "raised");
  badge.classList.toggle("badge-warning", alarm === "urgent");
  setText(badge, alarm && say(`row.${alarm}`));
}

function showUnread(badge, count) {
  badge.hidden = !count;
  badge.classList.toggle("count", count > 0);
  if (!count) return setText(badge, "");
  setText(badge, count > 99 ? "99+" : String(count));
  setAttribute(badge, "aria-label", say("row.unread", { n: count }));
  return setAttribute(badge, "role", "img");
}

// A removed secret; a preview may end in the middle of one.
const MASK = /⟦removed:[^⟧]*(?:⟧|$)/gu;

function previewOf(row) {
  return row.last_text ? row.last_text.replace(MASK, say("secret.short")) : say("row.no_text");
}

function assigneeOf(row, me) {
  if (row.status === "resolved") return say("status.resolved");
  if (!row.assignee) return "";
  return row.assignee.id === me.id ? say("row.mine") : shownName(row.assignee.name, "");
}
