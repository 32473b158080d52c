// Builds page elements. Text only ever becomes text nodes: nothing here parses HTML.

const ICONS = new URL("./icons.svg", import.meta.url).pathname;
const SVG = "http://www.w3.org/2000/svg";

// Marks that reorder or hide text; a name is shown without them, a message is isolated instead.
const REORDERING = /[\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/gu;

/** An element with attributes (false and null leave one out), `on` listeners and children. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) made.addEventListener(event, listener);
    } else {
      setAttribute(made, name, value);
    }
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

/** Sets, or with false, null or undefined removes, an attribute, touching the page only if it changes. */
export function setAttribute(target, name, value) {
  if (value === false || value === null || value === undefined) {
    if (target.hasAttribute(name)) target.removeAttribute(name);
    return;
  }
  const text = value === true ? "" : String(value);
  if (target.getAttribute(name) !== text) target.setAttribute(name, text);
}

/** Sets an element's text, touching the page only if it changes. */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** A picture of the console's own set; the word beside it carries the meaning. */
export function icon(name, small = true) {
  const drawn = document.createElementNS(SVG, "svg");
  drawn.setAttribute("class", small ? "icon icon-small" : "icon");
  drawn.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${ICONS}#${name}`);
  drawn.append(use);
  return drawn;
}

/** A person's name as shown: without reordering marks, never empty, isolated from its line. */
export function shownName(name, unnamed) {
  const seen = (name ?? "").replace(REORDERING, "").trim();
  return seen || unnamed;
}

/** Two letters, or one Han character, that stand for a name. */
export function initials(name) {
  const words = name.replace(REORDERING, "").trim().split(/\s+/u).filter(Boolean);
  if (!words.length) return "·";
  const first = [...words[0]][0];
  if (/\p{Script=Han}/u.test(first) || words.length === 1) return first.toUpperCase();
  return (first + [...words.at(-1)][0]).toUpperCase();
}

/**
 * Makes `parent`'s children stand for `items`, in order, keeping the element of a known key.
 * make(item) builds one; update(element, item) refreshes it. Only what moved is moved, so that
 * focus, selection and scrolling survive.
 */
export function keep(parent, items, keyOf, make, update) {
  const known = parent.keptElements ?? new Map();
  const next = new Map();
  let place = parent.firstChild;
  for (const item of items) {
    const key = keyOf(item);
    const child = known.get(key) ?? make(item);
    update(child, item);
    next.set(key, child);
    if (child === place) place = place.nextSibling;
    else parent.insertBefore(child, place);
  }
  for (const [key, child] of known) if (!next.has(key)) child.remove();
  parent.keptElements = next;
}
