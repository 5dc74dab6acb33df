/* A form is sent once: the button that was used says 正在… and keeps its width, the others wait. */

import { all, each, icon, one } from "./dom.js";

const buttonsOf = (form) => [
  ...all("button:not([type=button]), input[type=submit]", form),
  ...(form.id ? all(`button[form="${form.id}"]`) : []),
];

/** The usual words for a button: 上报给小关社区 → 正在上报给小关社区…; `data-busy` says it better. */
const busyWords = (button) => button.dataset.busy || `正在${button.textContent.trim().replace(/…$/, "")}…`;

export function hold(form, used) {
  form.dataset.sent = "1";
  for (const button of buttonsOf(form)) {
    button.setAttribute("aria-disabled", "true");
    if (button !== used) continue;
    button.idle = Array.from(button.childNodes);
    button.style.setProperty("min-width", `${button.offsetWidth}px`);
    button.classList.add("btn-busy");
    button.setAttribute("aria-busy", "true");
    button.replaceChildren(icon("refresh", "spin"), busyWords(button));
  }
}

export function release(form) {
  delete form.dataset.sent;
  for (const button of buttonsOf(form)) {
    button.removeAttribute("aria-disabled");
    if (!button.idle) continue;
    button.replaceChildren(...button.idle);
    button.idle = null;
    button.style.removeProperty("min-width");
    button.classList.remove("btn-busy");
    button.removeAttribute("aria-busy");
  }
}

export function startBusy() {
  each("form", "szBusy", (form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) {
        event.preventDefault();
        event.stopImmediatePropagation();
        return;
      }
      const used = event.submitter || one("button:not([type=button])", form);
      const post = (form.getAttribute("method") || "get").toLowerCase() === "post" || form.hasAttribute("hx-post");
      if (!post) return;
      // After all other listeners: one of them may still stop the form, to read pictures for example.
      setTimeout(() => {
        if (!event.defaultPrevented || form.hasAttribute("hx-post")) hold(form, used);
      });
    });
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest && event.target.closest("form");
    if (form && form.dataset.sent) release(form);
  });
  // Back from the next page: the browser shows this one as it was left.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) all("form").forEach(release);
  });
}
