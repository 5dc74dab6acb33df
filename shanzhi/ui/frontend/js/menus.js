/* Opened filters and menus: one at a time, closed by Escape and by a click elsewhere; folded fields that are wrong. */

import { all } from "./dom.js";

export function startMenus() {
  const shut = (except) => all("details[data-menu][open]").forEach((menu) => {
    if (menu !== except) menu.open = false;
  });
  document.addEventListener("click", (event) => shut(event.target.closest("details[data-menu]")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest && event.target.closest("details[data-menu][open]");
    shut(null);
    if (menu) menu.querySelector("summary").focus();
  });
  // A field that has to be filled in is of no use folded away: the browser could not point at it.
  document.addEventListener("invalid", (event) => {
    const fold = event.target.closest("details:not([open])");
    if (fold) fold.open = true;
  }, true);
}
