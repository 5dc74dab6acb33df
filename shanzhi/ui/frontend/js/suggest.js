/* What a report probably is, while it is typed: nothing is chosen by itself, one tap takes a suggestion.

The fragment comes by htmx; here it is only asked for when something new can be said, kept quiet when there is no
signal (typing goes on, and nobody asked for an error), and its buttons find their choice in the form. */

import { all, each, make, one } from "./dom.js";

const SHORTEST = 4;
const FIELDS = ["body", "kind", "area", "lon", "lat"];
const QUIET = ["htmx:sendError", "htmx:timeout", "htmx:responseError"];

export const valueOf = (form, name) => {
  const fields = all(`[name="${name}"]`, form);
  const used = fields.find((field) => (field.type === "radio" ? field.checked : true));
  return used ? used.value : "";
};

export function startSuggest() {
  each("[data-suggest]", "szSuggest", (root) => {
    const form = root.closest("form");
    if (!form) return;
    let asked = "";
    root.addEventListener("htmx:beforeRequest", (event) => {
      const now = FIELDS.map((name) => valueOf(form, name)).join("\n");
      const short = valueOf(form, "body").trim().length < SHORTEST;
      if (short) root.replaceChildren();
      if (short || now === asked) event.preventDefault();
      asked = now;
    });
    QUIET.forEach((name) => root.addEventListener(name, (event) => {
      asked = "";
      event.stopPropagation();
    }));
    root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-take]");
      if (button) take(form, button);
    });
  });
  // A suggestion for which this form has no choice is only to be read.
  each("[data-take]", "szTake", (button) => {
    const form = button.closest("form");
    if (form && !choiceOf(form, button)) button.replaceWith(make("b", {}, button.dataset.words || ""));
  });
}

/** The radio button or the option of a list that a suggestion stands for. */
function choiceOf(form, button) {
  const fields = all(`[name="${button.dataset.take}"]`, form);
  const list = fields.find((field) => field.tagName === "SELECT");
  if (list) return Array.from(list.options).find((option) => option.value === button.value);
  return fields.find((field) => field.type === "radio" && field.value === button.value);
}

export function take(form, button) {
  const choice = choiceOf(form, button);
  if (!choice) return;
  const field = choice.tagName === "OPTION" ? choice.closest("select") : choice;
  if (field === choice) choice.checked = true;
  else field.value = choice.value;
  const fold = field.closest("details:not([open])");
  if (fold) fold.open = true;
  const group = button.closest("[role=group]");
  if (group) group.remove();
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
  const shown = one(`label[for="${field.id}"]`, form);
  (shown || field).scrollIntoView({ block: "nearest" });
}
