/**
 * Times and counts in words, in the two languages ("en", "zh-hans").
 *
 * Moments are microseconds since the epoch, as the protocol gives them. Formatting is the
 * browser's own (Intl), so that dates read as people there write them.
 */

const TAGS = { en: "en", "zh-hans": "zh-Hans-CN" };
const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 24 * 3600;

/** The language of ours nearest to a tag such as "zh-CN" or "en-GB". */
export function supported(tag) {
  return /^zh\b/i.test(tag || "") ? "zh-hans" : "en";
}

/** The tag for `lang` attributes and for Intl. */
export function tagOf(language) {
  return TAGS[language] ?? "en";
}

/** "14:05" */
export function clock(at_us, language) {
  return format(at_us, language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** "Sunday, 22 November 2026 at 14:05" */
export function absolute(at_us, language) {
  return format(at_us, language, { dateStyle: "full", timeStyle: "short" });
}

/** "Today", "Yesterday", "Friday", "22 November", "22 November 2025" */
export function day(at_us, language, now_ms = Date.now()) {
  const days = daysBetween(at_us, now_ms);
  if (days === 0 || days === 1) return begun(relativeFormat(language).format(-days, "day"));
  if (days > 0 && days < 7) return format(at_us, language, { weekday: "long" });
  const sameYear = new Date(at_us / 1000).getFullYear() === new Date(now_ms).getFullYear();
  return format(at_us, language, { day: "numeric", month: "long", ...(sameYear ? {} : { year: "numeric" }) });
}

/** Whether two moments lie on different days here. */
export function isOtherDay(a_us, b_us) {
  return new Date(a_us / 1000).toDateString() !== new Date(b_us / 1000).toDateString();
}

/** "now", "5 minutes ago", "in 3 hours" */
export function relative(at_us, language, now_ms = Date.now()) {
  const seconds = Math.round((at_us / 1000 - now_ms) / 1000);
  const size = Math.abs(seconds);
  const words = relativeFormat(language);
  if (size < MINUTE_S) return words.format(0, "second");
  if (size < HOUR_S) return words.format(Math.round(seconds / MINUTE_S), "minute");
  if (size < DAY_S) return words.format(Math.round(seconds / HOUR_S), "hour");
  return words.format(Math.round(seconds / DAY_S), "day");
}

/** When someone will be there, from an ISO time: "today at 09:00", "Monday at 09:00" */
export function opening(iso, language, now_ms = Date.now()) {
  const at_us = Date.parse(iso) * 1000;
  const days = -daysBetween(at_us, now_ms);
  const time = clock(at_us, language);
  let name = format(at_us, language, days < 7 ? { weekday: "long" } : { day: "numeric", month: "long" });
  if (days === 0 || days === 1) name = relativeFormat(language).format(days, "day");
  return language === "zh-hans" ? `${name} ${time}` : `${name} at ${time}`;
}

/** Names in a row: "Ann, Ben and Cleo" */
export function list(names, language) {
  return new Intl.ListFormat(tagOf(language), { type: "conjunction" }).format(names);
}

function begun(text) {
  return text[0].toUpperCase() + text.slice(1);
}

function daysBetween(at_us, now_ms) {
  const start = (ms) => new Date(ms).setHours(0, 0, 0, 0);
  return Math.round((start(now_ms) - start(at_us / 1000)) / (DAY_S * 1000));
}

function format(at_us, language, options) {
  return new Intl.DateTimeFormat(tagOf(language), options).format(new Date(at_us / 1000));
}

function relativeFormat(language) {
  return new Intl.RelativeTimeFormat(tagOf(language), { numeric: "auto" });
}
