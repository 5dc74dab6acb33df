/* A long list of choices that is narrowed by typing: what does not hold the words is hidden, never unchosen. */

import { all, each, one } from "./dom.js";

export function startPick() {
  each("[data-pick]", "szPick", (root) => {
    const find = one("[data-pick-find]", root);
    const none = one("[data-pick-none]", root);
    const rows = all("[data-pick-row]", root);
    if (!find) return;
    const narrow = () => {
      const words = find.value.trim().toLowerCase();
      let shown = 0;
      for (const row of rows) {
        const chosen = Boolean(one("input:checked", row));
        row.hidden = Boolean(words) && !chosen && !row.textContent.toLowerCase().includes(words);
        if (!row.hidden) shown += 1;
      }
      if (none) none.hidden = shown > 0;
    };
    find.addEventListener("input", (event) => { event.stopPropagation(); narrow(); });
    find.addEventListener("change", (event) => event.stopPropagation());
    find.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    root.addEventListener("change", narrow);
  });
}
