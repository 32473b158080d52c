/**
 * Keeps the codes above a frame current without loading the page anew: a page that reloads itself
 * stays on the browser's error page for ever once it was loaded while there was no connection.
 */

// After a failed try.
const SOON_MS = 2_000;

let timer = 0;

async function refresh() {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return plan(SOON_MS);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  copy(page, ".bar-code code", "textContent");
  copy(page, "input[name=csrfmiddlewaretoken]", "value");
  return plan(Number(page.body.dataset.refreshS) * 1000);
}

function copy(page, selector, what) {
  const fresh = page.querySelectorAll(selector);
  document.querySelectorAll(selector).forEach((old, index) => {
    if (fresh[index]) old[what] = fresh[index][what];
  });
}

function plan(pause_ms) {
  clearTimeout(timer);
  timer = setTimeout(refresh, pause_ms);
}

// Entering, and the frame beside that loads at the same time, change the cookie that a form's
// token must fit: the token is taken anew right before it is needed.
document.addEventListener("submit", async (event) => {
  event.preventDefault();
  await refresh();
  event.target.submit();
});
addEventListener("online", () => plan(0));
plan(Number(document.body.dataset.refreshS) * 1000);
