/**
 * Takes secrets out of a text before it leaves the browser: English and Chinese seed phrases, keys,
 * authenticator links, card and identity numbers. Best effort; the server does it again with all
 * lists and checksums, and writes the same masks.
 */

import {
  CARDS, ENGLISH, HAN, KEY_WORDS, KINDS, LENGTHS, SEED_WORDS, TRANSACTION_WORDS,
} from "./redact-words.js";

/** A mask: kind, and length in words for a phrase, in characters for anything else. */
export const MASK = new RegExp(`⟦removed:(${KINDS}):(\\d{1,5})⟧`, "g");

const SIZES = [12, 15, 18, 21, 24];
const RUN_WORDS_MIN = 10;
const GAP_CHARS_MAX = 40;
const CONTEXT_CHARS = 160;
const BEFORE_CHARS = 64;
const AFTER_CHARS = 32;
const WIDENED_CHARS_MAX = 12;
const LENGTH_SHOWN_MAX = 99_999;

// Scores of a part of Chinese text: drawn by lot it lies above, written by somebody below.
const SPACED_MIN = -110;
const NAMED_MIN = -90;
const ALONE_MIN = -40;
const INSIDE_MIN = -60;
const OFF_LIST = -30;

const BASE58 = "[1-9A-HJ-NP-Za-km-z]";
const INVISIBLE = /\p{DI}/u;
const WIDE =
  /[\u2070-\u209c\u2100-\u218b\u2460-\u24ff\uf900-\ufaff\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u{1d400}-\u{1d7ff}]/u;
const GAP = /^(?:[^\p{L}]|[第个個词詞一二三四五六七八九十号號位])*$/u;
const LIGHT = " \\t\\n\\r\\u00a0\\u3000,，、.;；()（）\\[\\]【】\"'“”‘’|/_*#·\\-";
const CHAIN = new RegExp(`[㐀-鿿](?:(?:[${LIGHT}]{1,12}|[${LIGHT}:：]{0,12}\\d{1,2}[${LIGHT}:：]{0,12})?[㐀-鿿])+`, "g");
const SEAM =
  /(?:助记词|助記詞|种子|種子|恢复词|密语|单词|短语)(?:就是|分别是|如下|是|为)?|(?=请|請|麻烦|谢谢|帮我|怎么)/g;
const SENTENCE_END = /[.!?](?=\s)|[。！？；;]/;
const CLAUSE_END = /[.!?,](?=\s)|[\n。！？；;，]/;
const seedWords = new RegExp(SEED_WORDS);
const keyWords = new RegExp(KEY_WORDS);
const transactionWords = new RegExp(TRANSACTION_WORDS);
const issued = new RegExp(`^(?:${CARDS})$`);

const SHAPES = [
  ["otpauth", /()(otpauth(?:-migration)?:\/\/[^\s<>"'，。；）】]+)/gi],
  ["private_key", /()(-----BEGIN [A-Z0-9 ]{0,24}PRIVATE KEY(?: BLOCK)?-----(?:[^-]|-(?!----END)){0,8192}(?:-----END [A-Z0-9 ]{0,40}-----)?)/gi],
  ["private_key", new RegExp(`(^|[^0-9A-Za-z])([5KLc9]${BASE58}{50,51}|6P${BASE58}{56})(?![0-9A-Za-z])`, "g")],
  ["private_key", new RegExp(`(^|[^0-9A-Za-z])([xyztuvYZUV]prv(?:\\s?${BASE58}){107})`, "g")],
];
const HEX = /(^|[^0-9a-z])((?:0x)?[0-9a-f]{64})(?![0-9a-z])/g;
const CARD =
  /(^|[^0-9a-z.])(\d{13,19}|\d{4}(?:[ -]\d{4}){3}(?:[ -]\d{1,3})?|\d{4}[ -]\d{6}[ -]\d{4,5})(?![0-9a-z])/g;
const CARD_NAMES = /card|visa|master|amex|卡|银联/;
const OTHER_NUMBERS = /order|trade|ticket|tracking|reference|\b(?:uid|id|no|ref)\b|订单|单号|编号|流水|工单|运单/;
const RESIDENT =
  /(^|[^0-9a-z])([1-8]\d{5}[ -]?(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ -]?\d{3}[\dx])(?![0-9a-z])/g;

/** The text with a mask for every secret, and {kind, length} of each in order. */
export function redact(text) {
  const { plain, starts, ends } = fold(text.replace(MASK, (mask) => "⟦".repeat(mask.length)));
  const lower = plain.toLowerCase();
  const found = merged([
    ...english(lower),
    ...chinese(plain),
    ...shapes(plain),
    ...hexKeys(lower),
    ...cards(lower),
    ...residentIds(lower),
  ]);
  let safe = "";
  let copied = 0;
  for (const { kind, start, end, length } of found) {
    const shown = Math.min(length, LENGTH_SHOWN_MAX);
    safe += `${text.slice(copied, starts[start])}⟦removed:${kind}:${shown}⟧`;
    copied = ends[end - 1];
  }
  return { text: safe + text.slice(copied), findings: found.map(({ kind, length }) => ({ kind, length })) };
}

/** The plainest form of each character, and where it came from. */
function fold(text) {
  let plain = "";
  const starts = [];
  const ends = [];
  let start = 0;
  for (const character of text) {
    const written = plainest(character);
    for (let n = 0; n < written.length; n++) {
      starts.push(start);
      ends.push(start + character.length);
    }
    plain += written;
    start += character.length;
  }
  return { plain, starts, ends };
}

function plainest(character) {
  if (INVISIBLE.test(character)) return "";
  return WIDE.test(character) ? character.normalize("NFKC") : character === "İ" ? "i" : character;
}

function merged(all) {
  const kept = [];
  for (const one of all.sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = kept.at(-1);
    if (!last || one.start >= last.end) kept.push({ ...one });
    else {
      if (one.end - one.start > last.end - last.start) Object.assign(last, { kind: one.kind, length: one.length });
      last.end = Math.max(last.end, one.end);
    }
  }
  return kept;
}

function* matches(kind, pattern, text) {
  for (const match of text.matchAll(pattern)) {
    const start = match.index + match[1].length;
    yield { kind, start, end: start + match[2].length, length: match[2].length, written: match[2] };
  }
}

// --- seed phrases in English ----------------------------------------------------------------

let knownWords;

/** First four letters → {length, everyday}. */
function words() {
  if (knownWords) return knownWords;
  knownWords = new Map();
  const letters = ["", "", ""];
  let count = 0;
  for (let at = 0; at < ENGLISH.length; at++) {
    const sign = ENGLISH[at];
    if (sign < "2") letters[1 - Number(sign)] = ENGLISH[++at];
    else if (sign < "[") letters[2] = sign.toLowerCase();
    else {
      const length = LENGTHS[count++];
      const everyday = length > "9";
      const prefix = letters.join("") + sign.replace("_", "");
      knownWords.set(prefix, { everyday, length: everyday ? length.charCodeAt(0) - 96 : Number(length) });
    }
  }
  return knownWords;
}

function known(word) {
  const entry = words().get(word.slice(0, 4));
  return entry && (word.length === entry.length || word.length === 4) ? entry : null;
}

function* english(lower) {
  const all = [...lower.matchAll(/[a-z]+/g)].map((match, at) => ({
    at, start: match.index, end: match.index + match[0].length, entry: known(match[0]),
  }));
  let run = [];
  for (const word of all) {
    const last = run.at(-1);
    const goesOn = last && isGap(lower, last.end, word.start) && (word.entry || isMisspelled(word, run, all));
    if (!goesOn) yield* phrase(lower, run.splice(0), all);
    if (goesOn || word.entry) run.push(word);
  }
  yield* phrase(lower, run, all);
}

/** One word off the list, between words of which five in a row are on it. */
function isMisspelled({ at, start, end }, run, all) {
  const listed = (words) => words.length === 5 && words.every((word) => word.entry);
  const length = end - start;
  return length > 2 && length < 10 && all[at + 1]?.entry && (listed(run.slice(-5)) || listed(all.slice(at + 1, at + 6)));
}

const isGap = (lower, start, end) => end - start <= GAP_CHARS_MAX && GAP.test(lower.slice(start, end));

function* phrase(lower, run, all) {
  if (run.length < RUN_WORDS_MIN || !isPhraseLike(lower, run, all)) return;
  yield { kind: "seed_phrase", start: run[0].start, end: run.at(-1).end, length: run.length };
}

function isPhraseLike(lower, run, all) {
  const share = everydayShare(run);
  const start = run[0].start;
  const end = run.at(-1).end;
  const around = lower.slice(Math.max(0, start - CONTEXT_CHARS), end + CONTEXT_CHARS);
  if (seedWords.test(around)) return share < 0.75;
  if (run.length < SIZES[0] || share >= 0.5) return false;
  const separators = run.slice(1).map((word, n) => separator(lower, run[n].end, word.start));
  const usual = mostCommon(separators);
  if (!SIZES.includes(run.length)) {
    return isSetApart(separators, usual) || (separators.every((one) => one === " ") && share < 0.25);
  }
  const before = all[run[0].at - 1];
  const after = all[run.at(-1).at + 1];
  const goesOn =
    (before && separator(lower, before.end, start) === usual) || (after && separator(lower, end, after.start) === usual);
  return usual === " " || !goesOn;
}

/** Whether whole lines or clauses of the run add up to a usual number of words. */
function isSetApart(separators, usual) {
  const breaks = separators.flatMap((one, n) => (one === usual ? [] : [n + 1]));
  if (!breaks.length) return false;
  const ends = [0, ...breaks, separators.length + 1];
  return ends.some((start, n) => ends.slice(n + 1, n + 25).some((end) => SIZES.includes(end - start)));
}

/** Of the twelve words in a row with the fewest everyday ones. */
function everydayShare(run) {
  const size = Math.min(run.length, SIZES[0]);
  let count = 0;
  let least = size;
  run.forEach((word, n) => {
    count += word.entry?.everyday ? 1 : 0;
    if (n >= size) count -= run[n - size].entry?.everyday ? 1 : 0;
    if (n >= size - 1) least = Math.min(least, count);
  });
  return least / size;
}

function separator(lower, start, end) {
  const text = lower.slice(start, end);
  return text.replace(/[\d\s]+/g, " ") + (text.includes("\n") ? "\n" : "");
}

function mostCommon(items) {
  const counts = new Map();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return [...counts].reduce((a, b) => (b[1] > a[1] ? b : a))[0];
}

// --- seed phrases in simplified Chinese -----------------------------------------------------

let knownWeights;

function weights() {
  if (knownWeights) return knownWeights;
  knownWeights = new Map();
  for (const [weight, gaps] of Object.entries(HAN)) {
    let code = 0x4e00 - 1;
    for (const sign of gaps) {
      // Signs up to the underline (no backslash among them) are gaps, letters add sixties.
      const value = sign.charCodeAt(0);
      if (sign >= "a") code += (value - 96) * 60;
      else {
        code += value - (sign > "\\" ? 36 : 35);
        knownWeights.set(String.fromCharCode(code), Number(weight));
      }
    }
  }
  return knownWeights;
}

function* chinese(text) {
  for (const match of text.matchAll(CHAIN)) {
    if (match[0].length >= SIZES[0]) yield* phrasesIn(text, match[0], match.index);
  }
}

function* phrasesIn(text, written, offset) {
  const places = [];
  const starts = [];
  let commas = 0;
  const commasBefore = [];
  for (let n = 0; n < written.length; n++) {
    if (!isHan(written[n])) continue;
    const begins = n === 0 || !isHan(written[n - 1]);
    const last = places.at(-1) - offset;
    if (begins && n > 0 && written.slice(last + 1, n).trim()) commas++;
    places.push(offset + n);
    starts.push(begins);
    commasBefore.push(commas);
  }
  const characters = [...written].filter(isHan).join("");
  starts.push(true);
  for (const seam of characters.matchAll(SEAM)) starts[seam.index + seam[0].length] = true;
  const sums = [0];
  for (const character of characters) sums.push(sums.at(-1) + (weights().get(character) ?? OFF_LIST));
  const end = offset + written.length;
  const named = seedWords.test(text.slice(Math.max(0, offset - CONTEXT_CHARS), end + CONTEXT_CHARS).toLowerCase());
  for (const [from, to] of parts(starts, commasBefore, sums, named)) {
    yield { kind: "seed_phrase", start: places[from], end: places[to - 1] + 1, length: to - from };
  }
}

const isHan = (character) => character >= "㐀" && character <= "鿿";

/** Start and end of what looks like a phrase: what is set apart, else what is named. */
function parts(starts, commas, sums, named) {
  const apart = [];
  const inside = [];
  const count = sums.length - 1;
  for (let from = 0; from < count; from++) {
    for (const size of SIZES) {
      const to = from + size;
      if (to > count) break;
      const score = sums[to] - sums[from];
      if (starts[from] && starts[to] && score > enough(starts, commas, from, to, named)) apart.push([from, to]);
      if (named && size === SIZES[0] && score > INSIDE_MIN) inside.push(widened(sums, from, to));
    }
  }
  return apart.length ? apart : inside;
}

function enough(starts, commas, from, to, named) {
  let runs = 0;
  for (let n = from; n < to; n++) runs += starts[n] ? 1 : 0;
  if (runs === to - from) return SPACED_MIN;
  if (named) return NAMED_MIN;
  return commas[to - 1] > commas[from] ? Infinity : ALONE_MIN;
}

function widened(sums, from, to) {
  let [start, end] = [from, to];
  for (let n = from; n >= Math.max(0, from - WIDENED_CHARS_MAX); n--) if (sums[n] < sums[start]) start = n;
  for (let n = to; n <= Math.min(sums.length - 1, to + WIDENED_CHARS_MAX); n++) if (sums[n] > sums[end]) end = n;
  return [start, end];
}

// --- keys and numbers -----------------------------------------------------------------------

function* shapes(plain) {
  for (const [kind, pattern] of SHAPES) yield* matches(kind, pattern, plain);
}

/** 64 hex digits, unless the words beside them name a transaction; the server's rule. */
function* hexKeys(lower) {
  let isKey = false;
  let until = 0;
  for (const found of matches("private_key", HEX, lower)) {
    if (!until || /\p{L}/u.test(lower.slice(until, found.start))) isKey = namesKey(lower, until, found);
    until = found.end;
    if (isKey) yield found;
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
    const ahead = lower.slice(Math.max(0, found.start - BEFORE_CHARS), found.start);
    const isCard = CARD_NAMES.test(ahead) || (issued.test(digits) && !OTHER_NUMBERS.test(ahead));
    if (isCard && luhn(digits)) yield { ...found, length: digits.length };
  }
}

function luhn(digits) {
  const sum = [...digits].reverse().reduce((total, digit, n) => {
    const value = Number(digit) * (n % 2 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum > 0 && sum % 10 === 0;
}

function* residentIds(lower) {
  for (const found of matches("resident_id", RESIDENT, lower)) {
    const number = found.written.replace(/[ -]/g, "");
    let sum = 0;
    for (let n = 0; n < 17; n++) sum += Number(number[n]) * (2 ** (17 - n) % 11);
    if ("10x98765432"[sum % 11] === number[17]) yield { ...found, length: number.length };
  }
}
