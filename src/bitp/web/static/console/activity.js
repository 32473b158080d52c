// Tells the server that somebody is here, and locks the page when nobody was for too long.
// For the staff's plain pages; the console itself has its own.

const TELL_EVERY_MS = 60_000;
const LOOK_EVERY_MS = 5_000;
const SIGNS = ["keydown", "pointerdown", "pointermove", "wheel"];

const idle_ms = Number(document.body.dataset.idleS) * 1000;
const csrf = document.querySelector("input[name=csrfmiddlewaretoken]").value;
let lastSign = Date.now();
let lastTold = Date.now();

for (const sign of SIGNS) window.addEventListener(sign, noteSign, { passive: true });
document.addEventListener("visibilitychange", look);
setInterval(look, LOOK_EVERY_MS);

function noteSign() {
  // A sign after the time is up comes too late: the server has locked already.
  if (Date.now() - lastSign < idle_ms) lastSign = Date.now();
  if (lastSign - lastTold > TELL_EVERY_MS) tell();
}

async function tell() {
  lastTold = Date.now();
  const answer = await post("/console/activity");
  if (answer?.status === 401) goToLock();
}

async function look() {
  if (Date.now() - lastSign < idle_ms) return;
  lastSign = Date.now();
  await post("/console/lock");
  goToLock();
}

function goToLock() {
  const here = window.location.pathname + window.location.search;
  window.location.assign(`/console/locked?next=${encodeURIComponent(here)}`);
}

async function post(address) {
  try {
    return await fetch(address, {
      method: "POST",
      credentials: "same-origin",
      headers: { Accept: "application/json", "X-CSRFToken": csrf },
    });
  } catch {
    return null;
  }
}
