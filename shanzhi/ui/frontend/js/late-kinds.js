/* The questions of the usual kinds lie in a kept page, for a report without a signal; the others are asked later. */

import { all, each, one } from "./dom.js";

export function startLateKinds() {
  each(".questions[hx-post]", "szLateKinds", (root) => {
    const form = root.closest("form");
    if (!form || !one("template[data-kind]", form)) return;
    const instead = () => {
      const chosen = all("input[name=kind]", form).find((input) => input.checked);
      const found = chosen && one(`template[data-kind="${chosen.value}"]`, form);
      root.replaceChildren(...(found ? [found.content.cloneNode(true)] : []));
      root.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
    };
    root.addEventListener("htmx:beforeRequest", (event) => {
      if (event.target !== root || navigator.onLine !== false) return;
      event.preventDefault();
      instead();
    });
    ["htmx:sendError", "htmx:timeout"].forEach((name) => root.addEventListener(name, (event) => {
      event.stopPropagation();
      instead();
    }));
  });
}
