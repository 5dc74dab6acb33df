/* The questions of the usual kinds lie in a kept page, for a report without a signal; of the others it is said that
they could not be had, and they are asked for again. */

import { all, each, icon, make, one } from "./dom.js";

const LATER = "没有信号，这一类要问的没有取到。可以先上报，传上去以后再补填。";
const AGAIN = "信号不好，这一类要问的没有取到，请再取一次。";

export function startLateKinds() {
  each(".questions[hx-post]", "szLateKinds", (root) => {
    const form = root.closest("form");
    if (!form) return;
    const kept = one("template[data-kind]", form);
    const again = () => form.dispatchEvent(new CustomEvent("sz:refetch"));
    const instead = () => {
      const chosen = all("input[name=kind]", form).find((input) => input.checked);
      const found = chosen && one(`template[data-kind="${chosen.value}"]`, form);
      const asked = one("input[name=asked]", root);
      if (chosen && asked && asked.value === chosen.value) return; // they stand there already
      if (found) root.replaceChildren(found.content.cloneNode(true));
      else root.replaceChildren(...(chosen ? [lost("phone" in document.body.dataset ? LATER : AGAIN, again)] : []));
      root.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
    };
    if (kept) {
      root.addEventListener("htmx:beforeRequest", (event) => {
        if (event.target !== root || navigator.onLine !== false) return;
        event.preventDefault();
        instead();
      });
    }
    ["htmx:sendError", "htmx:timeout"].forEach((name) => root.addEventListener(name, (event) => {
      event.stopPropagation();
      instead();
    }));
    window.addEventListener("online", () => { if (one("[data-lost]", root)) again(); });
  });
}

function lost(words, again) {
  const button = make("button", { class: "btn btn-outline btn-sm", type: "button" }, icon("refresh"), "再取一次");
  button.addEventListener("click", again);
  return make("div", { class: "note note-amber", role: "status", "data-lost": true }, icon("alert-triangle"),
    make("span", { class: "grow" }, words), button);
}
