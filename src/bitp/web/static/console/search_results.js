// Draws what a search found: people, conversations with the words in their message, or why nothing.

import { element, setText, shownName } from "./elements.js";
import { showMoment } from "./moments.js";
import { skeleton, stateNotice } from "./states.js";
import { say } from "./words.js";

/** The content of the results' place, for the state of `asking`; `page`: address before a reference. */
export function drawSearch(asking, page) {
  const { state, found } = asking;
  const again = () => asking.again();
  if (state === "loading") return [skeleton("row-skeleton", 5, 2)];
  if (state === "idle") return [stateNotice("search.hint_found")];
  if (state === "refused") return [refused(asking.refusal)];
  const drawn = [...list("search.people", found.people.map((each) => person(each, page)))];
  const title = found.people.length ? "search.messages" : "";
  drawn.push(...list(title, found.results.map((each) => result(each, page))));
  if (state === "offline" || state === "error") drawn.push(stateNotice(`search.${state}`, { again }));
  else if (found.after) drawn.push(furtherBack(asking));
  else if (!drawn.length) drawn.push(nothing(found));
  if (found.filling) drawn.push(element("p", { class: "search-filling" }, say("search.filling")));
  return drawn;
}

/** What a screen reader is told of the state: how many were found, or why none. */
export function searchSays({ state, found }) {
  if (state === "ready") return say("search.count", { n: found.results.length + found.people.length });
  return state === "loading" ? say("search.loading") : "";
}

function nothing(found) {
  return stateNotice(found.has_words ? "search.none_found" : "search.no_words_found");
}

function refused(words) {
  return element("div", { class: "empty" }, element("p", { class: "empty-title" }, words));
}

function list(title, items) {
  if (!items.length) return [];
  const name = say(title || "search.messages");
  const drawn = element("ul", { class: "search-list", "aria-label": name }, ...items);
  return title ? [element("h3", { class: "search-heading" }, name), drawn] : [drawn];
}

function person(conversation, page) {
  return item(conversation, page, 0, [element("span", { class: "search-facts" }, facts(conversation))]);
}

function result({ conversation, message }, page) {
  const when = element("time", { class: "search-when" });
  showMoment(when, message.at_us);
  const pieces = message.snippet.map(({ text, hit }) => (hit ? element("mark", {}, text) : text));
  const text = element("span", { class: "search-snippet", dir: "auto" }, ...pieces);
  const by = element("span", { class: "search-facts" }, `${facts(conversation)} · ${author(message)}`);
  return item(conversation, page, message.number, [when, text, by], message.note);
}

function item(conversation, page, number, parts, isNote = false) {
  const name = element("bdi", { class: "search-who" });
  setText(name, shownName(conversation.contact.name, say("contact.unnamed")));
  const link = element(
    "a",
    { class: "search-link", href: page + conversation.reference, "data-reference": conversation.reference },
    ...[name, ...parts],
  );
  link.dataset.number = number;
  return element("li", { class: isNote ? "search-item search-note" : "search-item" }, link);
}

function facts({ reference, topic, status }) {
  return [say(`topic.${topic}`), say(`status.${status}`), reference].join(" · ");
}

function author({ author: { kind, name }, note }) {
  const who = kind === "agent" ? shownName(name, say("agent.unnamed")) : say("search.by_contact");
  return note ? `${who} · ${say("message.note")}` : who;
}

function furtherBack(asking) {
  const isBusy = asking.state === "more";
  const button = { type: "button", class: "button button-small search-more" };
  button["aria-disabled"] = isBusy ? "true" : null;
  button.on = { click: () => asking.more() };
  return element("button", button, say(isBusy ? "search.loading" : "search.more"));
}
