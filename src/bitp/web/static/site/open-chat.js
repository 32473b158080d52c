// Turns every [data-bitp-open] link into a button that opens the chat: on a topic, or on one
// of the reader's conversations. Without this script, or without the chat, the link stays a link.

const SELECTOR = "[data-bitp-open]";

function openFor(element) {
  const chat = window.BitP;
  if (!chat || typeof chat.open !== "function") return false;
  const { topic, conversation } = element.dataset;
  chat.open({ ...(topic && { topic }), ...(conversation && { conversation }) });
  return true;
}

function isPlain(event) {
  return !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
}

document.addEventListener("click", (event) => {
  const element = event.target instanceof Element && event.target.closest(SELECTOR);
  if (element && event.button === 0 && isPlain(event) && openFor(element)) event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== " " || !(event.target instanceof Element)) return;
  if (!event.target.matches(`a${SELECTOR}`)) return;
  event.preventDefault();
  if (!event.repeat) event.target.click();
});

// Who signs out on a shared device leaves nothing of their conversations in it.
document.addEventListener("submit", (event) => {
  if (event.target.matches("form[data-bitp-logout]")) window.BitP?.logout?.();
});

// Only once the chat is there is it true that the link is a button.
if (typeof window.BitP?.open === "function") {
  for (const element of document.querySelectorAll(`a${SELECTOR}`)) {
    element.setAttribute("role", "button");
    element.setAttribute("aria-haspopup", "dialog");
  }
  if (location.hash === "#chat") window.BitP.open({});
}
