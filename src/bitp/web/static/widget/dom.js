/** Page elements for the widget. Text only ever becomes text nodes: nothing here parses HTML. */

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  close: "M6 9l6 6 6-6",
  back: "M15 5l-7 7 7 7",
  send: "M12 19V5M5.5 11.5 12 5l6.5 6.5",
  emoji: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM8.5 14.5a4.5 4.5 0 0 0 7 0M9 9.5h.01M15 9.5h.01",
  sending: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16ZM12 8v4l2.5 1.5",
  sent: "M5 12.5l4.5 4.5L19 7.5",
  delivered: "M2.5 12.5 7 17l9-9.5M11.5 16l.9.9L21.5 7.5",
  failed: "M12 7v6M12 16.5h.01M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17Z",
  shield: "M12 3l7 2.5v5.5c0 4.6-2.9 8.3-7 10-4.1-1.7-7-5.4-7-10V5.5L12 3ZM8.8 12l2.3 2.3 4.2-4.6",
  clip: "M8 13l7-7a3 3 0 0 1 4 4l-8 8a5 5 0 0 1-7-7l7-7",
  more: "M9 5l7 7-7 7",
  down: "M12 5v14M5.5 12.5 12 19l6.5-6.5",
};

/** An element with attributes (false and null leave one out), `on` listeners and children. */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) made.addEventListener(event, listener);
    } else {
      set(made, name, value);
    }
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** Sets an attribute, or takes it away with false, null or undefined. */
export function set(target, name, value) {
  if (value === false || value === null || value === undefined) target.removeAttribute(name);
  else if (target.getAttribute(name) !== String(value)) target.setAttribute(name, value === true ? "" : value);
}

/** Sets an element's text, touching the page only when it changes. */
export function say(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

export function icon(name) {
  const drawn = document.createElementNS(SVG, "svg");
  drawn.setAttribute("viewBox", "0 0 24 24");
  drawn.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  drawn.append(path);
  return drawn;
}

/** A button that shows an icon and says a name. */
export function iconButton(name, label, onclick, attributes = {}) {
  const classes = `icon-button ${attributes.class ?? ""}`.trim();
  return el("button", { type: "button", title: label, "aria-label": label, ...attributes, class: classes, on: { click: onclick } }, icon(name));
}

export function button(text, onclick, kind = "") {
  return el("button", { type: "button", class: `button ${kind}`.trim(), on: { click: onclick } }, text);
}

/** What a screen reader hears and nobody sees. */
export function spoken(text) {
  return el("span", { class: "spoken" }, text);
}

/** Two letters, or one Han character, that stand for a name. */
export function initials(name) {
  const letters = [...name.trim()];
  if (!letters.length) return "·";
  if (/\p{Script=Han}/u.test(letters[0])) return letters[0];
  return name.trim().split(/\s+/u).slice(0, 2).map((word) => [...word][0].toUpperCase()).join("");
}

export function face(name) {
  return el("span", { class: "face", "aria-hidden": "true" }, initials(name));
}

/**
 * Makes the children of `parent` stand for `items`, in order, keeping the element of a known
 * key, so that focus, selection and what a screen reader has read survive.
 */
export function keep(parent, items, keyOf, make, update) {
  const known = parent.kept ?? new Map();
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
  parent.kept = next;
}
