/**
 * Text with its links clickable, as page nodes (never as HTML).
 *
 *   element.append(withLinks(message.text));
 *
 * Only http and https addresses in ASCII become links: an address with other letters can look
 * like somebody else's. One with a name before an @ is left as text (https://bitp@elsewhere).
 * Each link stands in its own direction, without the marks that reorder text.
 */

// An address ends at a space, at anything that is not ASCII, and at these.
const ADDRESS = /\bhttps?:\/\/[!#-;=?-Z\]_a-z~[]+/gi;
// Punctuation at the end belongs to the sentence.
const SENTENCE_END = ".,:;!?')]";
const ADDRESS_CHARACTERS_MAX = 2_000;

/** The pieces of a text: strings, and {href, text} for links. */
export function pieces(text) {
  const found = [];
  let at = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimmed(match[0]);
    const href = safeHref(address);
    if (!href) continue;
    if (match.index > at) found.push(text.slice(at, match.index));
    found.push({ href, text: address });
    at = match.index + address.length;
  }
  if (at < text.length) found.push(text.slice(at));
  return found;
}

/** A fragment with the text and its links; `more(string)` may turn plain pieces into nodes. */
export function withLinks(text, more = (plain) => [plain]) {
  const fragment = document.createDocumentFragment();
  for (const piece of pieces(text)) {
    if (typeof piece === "string") fragment.append(...more(piece));
    else fragment.append(link(piece));
  }
  return fragment;
}

function link({ href, text }) {
  const isolated = document.createElement("bdi");
  const anchor = document.createElement("a");
  anchor.href = href;
  anchor.target = "_blank";
  anchor.rel = "noopener noreferrer nofollow";
  anchor.dir = "ltr";
  anchor.textContent = text;
  isolated.append(anchor);
  return isolated;
}

/** Without the sentence's punctuation; a closing bracket stays when the address opened it. */
function trimmed(address) {
  let end = address.length;
  while (SENTENCE_END.includes(address[end - 1])) end -= 1;
  const body = address.slice(0, end);
  const opened = body.split("(").length > body.split(")").length;
  return opened && address[end] === ")" ? `${body})` : body;
}

function safeHref(address) {
  if (address.length > ADDRESS_CHARACTERS_MAX || !URL.canParse(address)) return "";
  const { href, username, password, hostname } = new URL(address);
  return username || password || !hostname ? "" : href;
}
