// What a pane shows when it has nothing: empty, loading, failed, offline, no right.

import { element, icon } from "./elements.js";
import { hasWords, say } from "./words.js";

// A quick answer shows no skeleton at all.
const SKELETON_AFTER_MS = 200;

/** The shape of what comes, shown only if it does not come at once. */
export function skeleton(name, count, lines) {
  const drawn = element("div", { "aria-hidden": "true" });
  setTimeout(() => {
    for (let each = 0; each < count; each += 1) {
      const block = element("div", { class: name });
      for (let line = 0; line < lines; line += 1) block.append(element("div", { class: "skeleton" }));
      drawn.append(block);
    }
  }, SKELETON_AFTER_MS);
  return drawn;
}

/**
 * A sentence about what is (not) here: `key` gives the title, `key.says` the explanation, and
 * `again`, where given, is offered as a button with the words of `words`.
 */
export function stateNotice(key, { values = {}, again = null, words = "again" } = {}) {
  const drawn = element("div", { class: "empty" }, icon(pictureOf(key), false));
  drawn.append(element("p", { class: "empty-title" }, say(key, values)));
  if (hasWords(`${key}.says`)) drawn.append(element("p", {}, say(`${key}.says`, values)));
  if (again) {
    const button = { type: "button", class: "button button-small", on: { click: again } };
    drawn.append(element("button", button, say(words)));
  }
  return drawn;
}

function pictureOf(key) {
  if (/offline|error/u.test(key)) return "warning";
  if (/waiting/u.test(key)) return "waiting";
  if (/resolved/u.test(key)) return "resolved";
  if (/found/u.test(key)) return "search";
  return "conversation";
}
