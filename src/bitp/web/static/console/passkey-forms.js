// Drives every <form data-passkey="prove" or "make">: its button asks for the passkey, its fields go
// along, and the page goes on to where the server says. A second button with value "code" posts
// the form the ordinary way.

import { make, prove } from "./passkey.js";

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", (event) => {
    if (event.submitter?.value === "code") return;
    event.preventDefault();
    run(form);
  });
  // Enter in the code's field means the code, not the form's first button.
  const other = form.querySelector(".other-way");
  other?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    form.requestSubmit(other.querySelector("button[value=code]"));
  });
}

async function run(form) {
  if (form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  clear(form);
  try {
    const { csrfmiddlewaretoken: csrf, ...more } = Object.fromEntries(new FormData(form));
    const { options, finish, passkey } = form.dataset;
    const ceremony = passkey === "make" ? make : prove;
    const { next } = await ceremony({ options, finish, csrf, more });
    window.location.assign(next);
  } catch (problem) {
    show(form, problem);
  } finally {
    form.removeAttribute("aria-busy");
  }
}

function clear(form) {
  for (const said of form.querySelectorAll("[data-error]")) said.remove();
  for (const input of form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
  form.querySelector("[data-said]").hidden = true;
}

function show(form, problem) {
  if (problem.errors) {
    for (const [name, texts] of Object.entries(problem.errors)) showUnder(form, name, texts[0]);
    form.querySelector("[aria-invalid]")?.focus();
    return;
  }
  const said = form.querySelector("[data-said]");
  said.textContent = problem.title || form.dataset[problem.code] || form.dataset.cancelled;
  said.hidden = false;
}

function showUnder(form, name, text) {
  const input = form.elements[name];
  const error = document.createElement("p");
  error.className = "field-error";
  error.dataset.error = "";
  error.id = `${input.id}_error`;
  error.textContent = text;
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", `${input.id}_helptext ${error.id}`);
  input.closest(".field").append(error);
}
