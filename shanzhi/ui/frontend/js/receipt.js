/* Paper and what is kept off it: the print button, a receipt opened from its QR code, a number shown for a minute. */

import { each, one, send } from "./dom.js";

export function startReceipt() {
  each("[data-print]", "szPrint", (button) => button.addEventListener("click", () => window.print()));
  each("form[data-follow]", "szFollow", follow);
  each("[data-hide-after]", "szHide", hide);
}

/** The secret stands behind the # of the address, which no server sees; it is taken out of the address at once. */
function follow(form) {
  const secret = decodeURIComponent(window.location.hash.slice(1));
  if (!secret) return;
  window.history.replaceState(null, "", window.location.pathname);
  const field = one("input[name=secret]", form);
  field.value = secret;
  send(form);
}

/** Counts down, then takes the number off the page and opens the page as it is without it. */
function hide(root) {
  const left = one("[data-hide-left]", root);
  const ends = Date.now() + Number(root.dataset.hideAfter) * 1000;
  const tick = () => {
    const seconds = Math.max(0, Math.ceil((ends - Date.now()) / 1000));
    if (left) left.textContent = String(seconds);
    if (seconds > 0) return;
    clearInterval(timer);
    root.replaceChildren();
    window.location.replace(root.dataset.hideTo || window.location.href);
  };
  const timer = setInterval(tick, 1000);
  window.addEventListener("pagehide", () => root.replaceChildren());
  tick();
}
