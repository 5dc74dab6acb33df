/* Which grid a position lies in, as soon as it is taken: said beside it, and one tap chooses that grid.

The fragment comes by htmx; it is asked for only when position or place are others than before, and is quiet without a
signal: the list of places is still there. */

import { each } from "./dom.js";
import { take, valueOf } from "./suggest.js";

const FIELDS = ["lon", "lat", "area"];
const QUIET = ["htmx:sendError", "htmx:timeout", "htmx:responseError"];

export function startWhereabouts() {
  each("[data-whereabouts]", "szWhereabouts", (root) => {
    const form = root.closest("form");
    if (!form) return;
    let asked = "";
    root.addEventListener("htmx:beforeRequest", (event) => {
      const now = FIELDS.map((name) => valueOf(form, name)).join("\n");
      if (!valueOf(form, "lon") || now === asked) event.preventDefault();
      else asked = now;
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
}
