/* Questions of a form that are asked only after certain answers, and answers after which nothing may be sent.

The server knows the same conditions and decides; here what is not asked is hidden and left out of what is sent. */

import { all, each, one } from "./dom.js";

/** {"a_what": ["路灯"]}: each name holds one of its values; what is hidden holds nothing. */
function holds(form, condition) {
  return Object.entries(condition).every(([name, values]) =>
    all(`[name="${name}"]`, form).some((control) => {
      if (control.closest("[data-question][hidden]")) return false;
      const counts = !["radio", "checkbox"].includes(control.type) || control.checked;
      return counts && values.includes(control.value);
    }));
}

function read(node, attribute) {
  try {
    return JSON.parse(node.getAttribute(attribute));
  } catch {
    return {};
  }
}

/** In the order of the page, so that a question after a hidden one is hidden too. */
function apply(form) {
  for (const node of all("[data-shown-if]", form)) {
    node.hidden = !holds(form, read(node, "data-shown-if"));
    for (const control of all("input, select, textarea", node)) control.disabled = node.hidden;
  }
  let stopped = false;
  for (const note of all("[data-stop-if]", form)) {
    const question = note.closest("[data-question]");
    const stops = !(question && question.hidden) && holds(form, read(note, "data-stop-if"));
    note.hidden = !stops;
    stopped = stopped || stops;
  }
  for (const button of sendButtons(form)) button.disabled = stopped;
}

function sendButtons(form) {
  const inside = all("button:not([type=button]):not([data-always])", form);
  return form.id ? [...inside, ...all(`button[form="${form.id}"]:not([data-always])`, document)] : inside;
}

export function startQuestions() {
  each("[data-question]", "szQuestion", (node) => {
    const form = node.closest("form");
    if (!form) return;
    if (!form.szQuestions) {
      form.szQuestions = true;
      form.addEventListener("change", () => apply(form));
      form.addEventListener("reset", () => setTimeout(() => apply(form)));
    }
    if (one("[data-question]", form)) apply(form);
  });
}
