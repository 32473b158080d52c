// How well it is proven who is asking: diamonds for the eye, words for everybody.

import { element, setAttribute } from "./elements.js";
import { say } from "./words.js";

const HIGHEST = 3;

/** Three diamonds, filled up to the level, named in words. */
export function drawLevel(level) {
  const drawn = element("span", { class: "level", role: "img" });
  for (let step = 1; step <= HIGHEST; step += 1) drawn.append(document.createElement("i"));
  showLevel(drawn, level);
  return drawn;
}

/** Redraws the diamonds for another level. */
export function showLevel(drawn, level) {
  const words = say("level.of", { words: say(`level.${level}`) });
  setAttribute(drawn, "aria-label", words);
  setAttribute(drawn, "title", words);
  [...drawn.children].forEach((step, index) => step.classList.toggle("level-filled", index < level));
}
