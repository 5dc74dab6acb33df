/* Messages after an act, in the page's live region: read out, never a dialog. */

import { icon, make, one } from "./dom.js";

const STAY_MS = 8000;

/** Shows a sentence; `link` is `{ href, text, target }`. Errors and links stay until they are closed. */
export function say(words, { error = false, link = null, id = "" } = {}) {
  const region = one("#flashes");
  if (!region || !words) return null;
  if (id) {
    const old = one(`[data-flash="${id}"]`, region);
    if (old) return old;
  }
  const close = make("button", { class: "flash-x", type: "button", "data-dismiss": true, "aria-label": "收起这条消息" },
    icon("x"));
  const box = make("div", { class: error ? "flash flash-red" : "flash", "data-flash": id || null },
    icon(error ? "alert-circle" : "circle-check"), make("span", {}, words));
  if (link) box.append(make("a", { href: link.href, target: link.target || null, rel: "noopener" }, link.text));
  box.append(close);
  region.append(box);
  if (!error && !link) setTimeout(() => box.remove(), STAY_MS);
  return box;
}

export function startFlash() {
  document.addEventListener("click", (event) => {
    const close = event.target.closest("[data-dismiss]");
    if (close) close.closest(".flash").remove();
  });
  const focus = one("[data-focus]");
  if (focus) focus.focus();
}
