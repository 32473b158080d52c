// Short sentences about what was just done, with a way back where there is one.

import { element } from "./elements.js";

const SHOWN_MS = 6_000;
const SHOWN_WITH_WAY_MS = 10_000;
const TOASTS_MAX = 3;

/** Shows a sentence; `way`: {words, act} offers one more thing to do. */
export function toast(words, way = null) {
  const region = document.getElementById("toasts");
  const drawn = element("div", { class: "toast" }, element("p", {}, words));
  if (way) {
    const press = () => {
      drawn.remove();
      way.act();
    };
    drawn.append(element("button", { type: "button", on: { click: press } }, way.words));
  }
  while (region.children.length >= TOASTS_MAX) region.firstElementChild.remove();
  region.append(drawn);
  const fade = () => (drawn.matches(":hover, :focus-within") ? setTimeout(fade, SHOWN_MS) : drawn.remove());
  setTimeout(fade, way ? SHOWN_WITH_WAY_MS : SHOWN_MS);
}
