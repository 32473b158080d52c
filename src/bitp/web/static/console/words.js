// The console's words in the reader's language: say("key", {name}) with {name} filled in.

let strings = {};
let plural = new Intl.PluralRules("en");
let spoken = "en";

/** Takes the words of one language into use: a module of strings/, and its code. */
export function useWords(words, code) {
  strings = words;
  spoken = code;
  plural = new Intl.PluralRules(code);
}

/** The language in use: "en" or "zh-hans". */
export function language() {
  return spoken;
}

/** The words for `key`; with `n`, the form for that number ("key.one", "key.other"). */
export function say(key, values = {}) {
  const form = "n" in values ? `${key}.${plural.select(values.n)}` : key;
  const words = strings[form] ?? strings[key];
  if (words === undefined) return key;
  return words.replace(/\{(\w+)\}/gu, (whole, name) => (name in values ? values[name] : whole));
}

/** Whether there are words for `key`. */
export function hasWords(key) {
  return key in strings;
}
