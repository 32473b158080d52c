/**
 * Takes secrets out of a text before it leaves the browser: English and Chinese seed phrases, keys,
 * authenticator links, card and identity numbers. Best effort: it would rather leave a secret to
 * the server, which looks again with all lists and checksums and writes the same masks.
 */

import { ENGLISH, KEY_WORDS, KINDS, RARE, SEED_WORDS, TRANSACTION_WORDS } from "./redact-words.js";

/** A mask: kind, and length in words for a phrase, in characters for anything else. */
export const MASK = new RegExp(`⟦removed:(${KINDS}):(\\d{1,5})⟧`, "g");

const SIZES = [12, 15, 18, 21, 24];
const SMALLEST = 12;
const GAP_CHARS_MAX = 40;
const CONTEXT_CHARS = 160;
const BEFORE_CHARS = 64;
const AFTER_CHARS = 32;
const LENGTH_SHOWN_MAX = 99_999;
// A rare character speaks for a phrase, any other for a sentence.
const RARE_SCORE = 10;
const COMMON_SCORE = -14;
const SPACED_MIN = -100;
const NAMED_MIN = -60;
const ALONE_MIN = -10;

const BASE58 = "[1-9A-HJ-NP-Za-km-z]";
const HAN = "[㐀-鿿]";
const HAN_EACH = new RegExp(HAN, "g");
const INVISIBLE = /\p{DI}/u;
const ODD = /[\p{DI}İ\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u2460-\u249b\u{1d400}-\u{1d7ff}]/gu;
const GAP = /^(?:[^\p{L}.:!?。：！？]*|(?:[^\p{L}]|[第个個词詞])*\d(?:[^\p{L}]|[第个個词詞])*)$/u;
const LIGHT = "[^\\p{L}。！？!?]{1,12}";
const SPACED = new RegExp(`(^|[^㐀-鿿])(${HAN}(?:${LIGHT}${HAN}){11,23})(?!${HAN})`, "gu");
const TOGETHER = new RegExp(`(^|[^㐀-鿿])(${HAN}(?:\\s?${HAN}){11,23})(?!${HAN})`, "gu");
const GLUED = /()([a-z]{36,})/g;
const WORD_LETTERS = 5.4;
// No word of the list is longer, and hardly one is a plural.
const LIKE_LISTED = /^([a-z]{3,4}|[a-z]{3,6}([^s]|ss)|[a-z]{7}[^s])$/;
const SENTENCE_END = /[.!?](?=\s)|[。！？；;]/;
const CLAUSE_END = /[.!?,](?=\s)|[\n。！？；;，]/;
const seedWords = new RegExp(SEED_WORDS);
const keyWords = new RegExp(KEY_WORDS);
const transactionWords = new RegExp(TRANSACTION_WORDS);

const LINK = /()(otpauth(?:-migration)?:\/\/[^\s<>"'，。；）】]+)/g;
const ENCODED = new RegExp(
  `(^|[^0-9A-Za-z])([5KLc9]${BASE58}{50,51}(?![0-9A-Za-z])|[xyztuvYZUV]prv(?:\\s?${BASE58}){107})`, "g",
);
const HEX = /(^|[^0-9a-z])((?:0x)?[0-9a-f]{64})(?![0-9a-z])/g;
const GROUPED =
  /(^|[^0-9a-z])((?:0x)?(?:[0-9a-f]{4}(?:[\s,_-]{1,2}[0-9a-f]{4}){15}|[0-9a-f]{8}(?:[\s,_-]{1,2}[0-9a-f]{8}){7}))(?![0-9a-z]|[\s,_-][0-9a-f]{4})/g;
const CARD = /(^|[^0-9a-z.])((?=2[2-7]|[3-6])\d(?:\d{12,18}|\d{3}(?:[ -]\d{4}){3}(?:[ -]\d{1,3})?|\d{3}[ -]\d{6}[ -]\d{4,5}))(?![0-9a-z]| \d)/g;
const OTHER_NUMBERS = /order|trade|ticket|reference|\b(?:uid|id|no|ref|iban|[a-z]{2}\d\d)\b|订单|单号|编号|流水|工单/;
const RESIDENT = /(^|[^0-9a-z])([1-8]\d{5}[ -]?(?:19|20)\d{2}[01]\d[0-3]\d[ -]?\d{3}[\dx])(?![0-9a-z])/g;

const FOREIGN = "аеіјоѕрсухһкмтнαοινρυ";
const PLAIN = "aeijospcyxhkmthaoivpu";
/** How else a phrase may be written, and what to read in its place. */
const DISGUISES = [
  [/<[^<>]{1,200}>|&lt;[^&]{1,80}&gt;|&\w{2,6};/g, () => "\n"],
  [new RegExp(`[${FOREIGN}]`, "gi"), (letter) => PLAIN[FOREIGN.indexOf(letter.toLowerCase())]],
  [/[a-z](?=[A-Z])/g, (letter) => `${letter}·`],
  [/\b[a-z](?:[^\p{L}]{1,6}[a-z]\b){35,}/giu, (letters) => letters.replace(/[^a-z]/gi, "")],
];

/** The text with a mask for every secret, and {kind, length} of each in order. */
export function redact(text) {
  const masked = text.replace(MASK, (mask) => "⟦".repeat(mask.length));
  const folded = rewritten({ plain: masked, startOf: (at) => at, endOf: (at) => at + 1 }, ODD, plainest);
  const other = DISGUISES.reduce((reading, [pattern, to]) => rewritten(reading, pattern, to), folded);
  const { plain } = folded;
  const lower = plain.toLowerCase();
  const found = [
    ...placed(folded, phrases(lower)), ...(other === folded ? [] : placed(other, phrases(other.plain.toLowerCase()))),
    ...placed(folded, [
      ...matches("otpauth", LINK, lower), ...matches("private_key", ENCODED, plain),
      ...hexKeys(lower, HEX), ...hexKeys(lower, GROUPED), ...residentIds(lower), ...cards(lower),
    ]),
  ].sort((a, b) => a.start - b.start || b.end - a.end);
  const findings = [];
  let safe = "";
  let copied = 0;
  for (const { kind, start, end, length } of found) {
    if (start >= copied) {
      findings.push({ kind, length });
      safe += `${text.slice(copied, start)}⟦removed:${kind}:${Math.min(length, LENGTH_SHOWN_MAX)}⟧`;
    }
    copied = Math.max(copied, end);
  }
  return { text: safe + text.slice(copied), findings };
}

const placed = ({ startOf, endOf }, found) =>
  found.map((one) => ({ ...one, start: startOf(one.start), end: endOf(one.end - 1) }));

const phrases = (lower) => [...english(lower), ...glued(lower), ...chinese(lower)];

/** Another reading: what matches is written in another way; each character knows where it stood. */
function rewritten(reading, pattern, to) {
  let plain = "";
  let copied = 0;
  const starts = [];
  const ends = [];
  const write = (piece, from, until) => {
    for (let n = 0; n < piece.length; n++) {
      starts.push(reading.startOf(from ?? copied + n));
      ends.push(reading.endOf(until ?? copied + n));
    }
    plain += piece;
  };
  for (const { 0: match, index } of reading.plain.matchAll(pattern)) {
    write(reading.plain.slice(copied, index));
    copied = index + match.length;
    write(to(match), index, copied - 1);
  }
  if (!copied) return reading;
  write(reading.plain.slice(copied));
  return { plain, startOf: (at) => starts[at], endOf: (at) => ends[at] };
}

// The dotted capital I is the one character whose lower case has another length.
const plainest = (odd) => (INVISIBLE.test(odd) ? "" : odd === "İ" ? "i" : odd.normalize("NFKC"));

function* matches(kind, pattern, text) {
  for (const match of text.matchAll(pattern)) {
    const start = match.index + match[1].length;
    yield { kind, start, end: start + match[2].length, length: match[2].length, written: match[2] };
  }
}

const speaksOfSeed = (lower, start, end) =>
  seedWords.test(lower.slice(Math.max(0, start - CONTEXT_CHARS), end + CONTEXT_CHARS));

// --- seed phrases in English ----------------------------------------------------------------

let listed;

/** The first four letters of each word of the list. */
function prefixes() {
  if (listed) return listed;
  listed = new Set();
  const letters = ["", "", ""];
  for (let at = 0; at < ENGLISH.length; at++) {
    const sign = ENGLISH[at];
    if (sign < "2") letters[1 - Number(sign)] = ENGLISH[++at];
    else if (sign < "[") letters[2] = sign.toLowerCase();
    else listed.add(letters.join("") + sign.replace("_", ""));
  }
  return listed;
}

const isListed = (word) => LIKE_LISTED.test(word) && prefixes().has(word.slice(0, 4));

function* english(lower) {
  const all = [...lower.matchAll(/[a-z]+/g)].map((match, at) => ({
    at, start: match.index, end: match.index + match[0].length,
    isListed: isListed(match[0]),
  }));
  let run = [];
  for (const word of all) {
    const last = run.at(-1);
    const goesOn = last && isGap(lower, last.end, word.start) && (word.isListed || isMisspelled(word, run, all));
    if (!goesOn) yield* phrase(lower, run.splice(0), all);
    if (goesOn || word.isListed) run.push(word);
  }
  yield* phrase(lower, run, all);
}

/** Letters without spaces that are nothing but words of the list; their number is a guess. */
function* glued(lower) {
  for (const found of matches("seed_phrase", GLUED, lower)) {
    const letters = found.length;
    const reached = [true];
    for (let end = 3; end <= letters; end++) {
      for (let step = 3; step < 9 && !reached[end]; step++) {
        reached[end] = reached[end - step] && isListed(found.written.slice(end - step, end));
      }
    }
    const far = (size) => Math.abs(size * WORD_LETTERS - letters);
    if (reached[letters]) yield { ...found, length: SIZES.reduce((a, b) => (far(b) < far(a) ? b : a)) };
  }
}

const isGap = (lower, start, end) => end - start <= GAP_CHARS_MAX && GAP.test(lower.slice(start, end));

/** One word off the list, between words of which five in a row are on it. */
function isMisspelled({ at, start, end }, run, all) {
  const five = (some) => some.length === 5 && some.every((word) => word.isListed);
  const length = end - start;
  return length > 2 && length < 10 && all[at + 1]?.isListed && (five(run.slice(-5)) || five(all.slice(at + 1, at + 6)));
}

function* phrase(lower, run, all) {
  if (run.length < SMALLEST) return;
  const [{ at, start }, { end }] = [run[0], run.at(-1)];
  const named = speaksOfSeed(lower, start, end);
  if (!named && (!SIZES.includes(run.length) || isInsideList(lower, run, all[at - 1], all[at + run.length]))) return;
  yield { kind: "seed_phrase", start, end, length: run.length };
}

/** Whether the same commas or line breaks go on beyond the run, or now these and now those stand in it. */
function isInsideList(lower, run, before, after) {
  const separator = (left, right) => left && right && lower.slice(left.end, right.start).replace(/[\d\s]+/g, " ");
  const inside = run.slice(1).map((word, n) => separator(run[n], word));
  const [usual] = inside;
  const goesOn = [separator(before, run[0]), separator(run.at(-1), after)].includes(usual);
  return new Set(inside).size > 2 || (usual !== " " && goesOn);
}

// --- seed phrases in Chinese ----------------------------------------------------------------

let rare;

/** The characters that speak for a phrase: gaps in code order, the first 60 signs one by one. */
function rareCharacters() {
  if (rare) return rare;
  rare = new Set();
  let code = 0x4e00 - 1;
  for (const sign of RARE) {
    const value = sign.charCodeAt(0);
    // Signs up to the underline are gaps (the backslash is none of them), letters add sixties.
    if (sign >= "a") code += (value - 96) * 60;
    else {
      code += value - (sign > "\\" ? 36 : 35);
      rare.add(String.fromCharCode(code));
    }
  }
  return rare;
}

function* chinese(lower) {
  for (const pattern of [SPACED, TOGETHER]) {
    for (const found of matches("seed_phrase", pattern, lower)) {
      const characters = found.written.match(HAN_EACH);
      const length = characters.length;
      const score = characters.reduce((sum, one) => sum + (rareCharacters().has(one) ? RARE_SCORE : COMMON_SCORE), 0);
      const named = speaksOfSeed(lower, found.start, found.end);
      const enough = pattern === SPACED ? SPACED_MIN : named ? NAMED_MIN : ALONE_MIN;
      if (SIZES.includes(length) && score > enough) yield { ...found, length };
    }
  }
}

// --- keys and numbers -----------------------------------------------------------------------

/** 64 hex digits, together or in groups, unless the words beside them name a transaction; the server's rule. */
function* hexKeys(lower, pattern) {
  let isKey = false;
  let until = 0;
  for (const found of matches("private_key", pattern, lower)) {
    if (!until || /\p{L}/u.test(lower.slice(until, found.start))) isKey = namesKey(lower, until, found);
    until = found.end;
    if (isKey && /[a-f]/.test(found.written)) yield found;
  }
}

function namesKey(lower, until, { start, end }) {
  const behind = lower.slice(end, end + AFTER_CHARS).split(CLAUSE_END, 1)[0];
  const key = behind.search(keyWords);
  const transaction = behind.search(transactionWords);
  const keyBehind = key >= 0 && (transaction < 0 || key < transaction);
  const ahead = lower.slice(Math.max(until, start - BEFORE_CHARS), start);
  for (const sentence of ahead.split(SENTENCE_END).reverse()) {
    if (keyWords.test(sentence)) return true;
    if (transactionWords.test(sentence)) return keyBehind;
  }
  return keyBehind || transaction < 0;
}

function* cards(lower) {
  for (const found of matches("card", CARD, lower)) {
    const digits = found.written.replace(/\D/g, "");
    const isOther = OTHER_NUMBERS.test(lower.slice(Math.max(0, found.start - BEFORE_CHARS), found.start));
    if (!isOther && luhn(digits) % 10 === 0) yield { ...found, length: digits.length };
  }
}

/** Every second digit from the right counts double, its digits added. */
const luhn = (digits) =>
  [...digits].reverse().reduce((sum, digit, n) => sum + (n % 2 ? [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][digit] : Number(digit)), 0);

function* residentIds(lower) {
  for (const found of matches("resident_id", RESIDENT, lower)) {
    const number = found.written.replace(/[ -]/g, "");
    let sum = 0;
    for (let n = 0; n < 17; n++) sum += number[n] * (2 ** (17 - n) % 11);
    if ("10x98765432"[sum % 11] === number[17]) yield { ...found, length: 18 };
  }
}
