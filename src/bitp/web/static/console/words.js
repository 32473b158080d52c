// The console's words in the reader's language: say("key", {name}) with {name} filled in.

let strings = {};
let plural = new Intl.PluralRules("en");
let language = "en";

/** Takes the words of one language (a module of strings/) into use. */
export function useWords(words, tag) {
  strings = words;
  language = tag;
  plural = new Intl.PluralRules(tag);
}

/** The language in use, as a tag that Intl understands. */
export function languageTag() {
  return language;
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
