/* A text with line numbers beside it, and mistakes that lead to their line. Without it the text is only a text. */

import { all, each, make, one } from "./dom.js";

function numbered(area) {
  const gutter = make("pre", { class: "code-lines", "aria-hidden": "true" });
  const box = make("div", { class: "code-box" });
  const wrong = new Set(all("[data-line]").map((link) => Number(link.dataset.line)));
  area.replaceWith(box);
  box.append(gutter, area);
  area.wrap = "off";
  let count = 0;
  const draw = () => {
    const lines = area.value.split("\n").length;
    if (lines !== count) {
      count = lines;
      gutter.replaceChildren();
      for (let line = 1; line <= lines; line += 1) {
        gutter.append(wrong.has(line) ? make("b", {}, String(line)) : String(line), "\n");
      }
    }
    gutter.scrollTop = area.scrollTop;
  };
  area.addEventListener("input", draw);
  area.addEventListener("scroll", draw);
  draw();
}

function led(link) {
  link.addEventListener("click", (event) => {
    const area = one("textarea[data-lines]");
    if (!area) return;
    event.preventDefault();
    const lines = area.value.split("\n");
    const line = Math.min(Number(link.dataset.line), lines.length);
    const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
    area.focus();
    area.setSelectionRange(start, start + lines[line - 1].length);
    area.scrollTop = (line - 3) * (area.scrollHeight / lines.length);
  });
}

export function startCode() {
  each("textarea[data-lines]", "numbered", numbered);
  each("a[data-line]", "led", led);
}
