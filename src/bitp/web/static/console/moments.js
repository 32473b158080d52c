// Times in words: how long ago, at what hour, on which day. Moments are microseconds (UTC).

import { setAttribute, setText } from "./elements.js";
import { absolute as full, clock, day } from "../client/words.js";
import { language, say } from "./words.js";

const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86400;
// Ages are redrawn this often; the smallest unit shown is a minute.
const TICK_MS = 10_000;

// The person's clock may be wrong: ages are measured against the server's.
let ahead_us = 0;

/** Learns the server's clock from a moment it has just told. */
export function learnServerTime(at_us) {
  if (at_us) ahead_us = at_us - Date.now() * 1000;
}

/** The present moment by the server's clock. */
export function now_us() {
  return Date.now() * 1000 + ahead_us;
}

/** "14:02" */
export function hour(at_us) {
  return clock(at_us, language());
}

/** The day and the hour in full, as shown on hover. */
export function absolute(at_us) {
  return full(at_us, language());
}

/** "today", "yesterday", or the date. */
export function dayName(at_us) {
  return day(at_us, language(), now_us() / 1000);
}

/** "now", "4 min", "3 h", "2 d" since the moment. */
export function age(since_us) {
  const age_s = Math.max(0, (now_us() - since_us) / 1e6);
  if (age_s < MINUTE_S) return say("age.now");
  if (age_s < HOUR_S) return say("age.minutes", { n: Math.floor(age_s / MINUTE_S) });
  if (age_s < DAY_S) return say("age.hours", { n: Math.floor(age_s / HOUR_S) });
  return say("age.days", { n: Math.floor(age_s / DAY_S) });
}

/** Draws a moment into a <time>: "today 14:02". */
export function showMoment(time, at_us) {
  setAttribute(time, "datetime", new Date(at_us / 1000).toISOString());
  setAttribute(time, "title", absolute(at_us));
  setText(time, `${dayName(at_us)} ${hour(at_us)}`);
}

/** Whole minutes since the moment. */
export function minutesSince(since_us) {
  return Math.floor(Math.max(0, now_us() - since_us) / 6e7);
}

/** Draws an age into a <time>, which then stays right by itself; `key` words it, e.g. "row.waits". */
export function showAge(time, since_us, key = "") {
  time.agedSince_us = since_us;
  time.agedKey = key;
  setAttribute(time, "data-age", true);
  setAttribute(time, "datetime", new Date(since_us / 1000).toISOString());
  setAttribute(time, "title", absolute(since_us));
  redraw(time);
}

function redraw(time) {
  const words = age(time.agedSince_us);
  const isNow = words === say("age.now");
  setText(time, time.agedKey && !isNow ? say(time.agedKey, { age: words }) : words);
  time.dispatchEvent(new CustomEvent("aged"));
}

/** Keeps every age on the page right from now on. */
export function startClock() {
  setInterval(() => {
    if (document.visibilityState === "visible") redrawAll();
  }, TICK_MS);
  document.addEventListener("visibilitychange", redrawAll);
}

function redrawAll() {
  for (const time of document.querySelectorAll("time[data-age]")) {
    if (time.agedSince_us) redraw(time);
  }
}
