/* Usual sentences under the words of an act: one tap puts one in. Without this they stand in a list to choose from. */

import { all, each, make, one } from "./dom.js";

export function startReplies() {
  each("[data-replies]", "szReplies", (root) => {
    const form = root.closest("form");
    const text = form && one("textarea[name=text]", form);
    const list = one("select", root);
    if (!text || !list) return;
    const chips = all("option", list).filter((option) => option.value).map((option) => {
      const chip = make("button", { class: "btn btn-outline reply", type: "button" }, option.value);
      chip.addEventListener("click", () => put(text, option.value));
      return chip;
    });
    root.replaceChildren(make("div", { class: "opts", role: "group", "aria-label": "常用语" }, ...chips));
  });
}

/** Added to what was written, never in its place. */
function put(text, words) {
  const written = text.value.trim();
  if (written.includes(words)) return;
  text.value = written ? `${written}\n${words}` : words;
  text.focus();
  text.dispatchEvent(new Event("input", { bubbles: true }));
}
