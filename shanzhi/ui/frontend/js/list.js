/* The work list of a desk: j and k walk, Enter opens, / searches, x ticks, m leads to the map and back;
ticked rows bring the batch bar. */

import { all, each, one } from "./dom.js";

const TYPING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";

export function startList() {
  each("[data-list]", "szList", (list) => {
    list.addEventListener("click", (event) => {
      const row = event.target.closest("[data-row]");
      if (row && event.target.closest("[data-open]")) mark(list, row);
    });
    list.addEventListener("change", () => batch(list));
    batch(list);
  });
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-batch-clear]")) return;
    all("[data-list] .ck:checked").forEach((box) => { box.checked = false; });
    all("[data-list]").forEach(batch);
  });
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.target.closest(TYPING)) return;
  if (event.key === "/") {
    const box = one("[data-slash]");
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
    return;
  }
  if (event.key === "m" && one('[data-shortcut="m"]')) {
    one('[data-shortcut="m"]').click();
    return;
  }
  const list = one("[data-list]");
  if (!list || one("dialog[open]")) return;
  if (event.key === "j" || event.key === "k") step(event, list, event.key === "j" ? 1 : -1);
  else if (event.key === "Enter" && !event.target.closest("a, button, summary")) go(list);
  else if (event.key === "x") tick(list);
}

const current = (list) => one("[data-row][aria-current]", list);

function step(event, list, by) {
  const rows = all("[data-row]", list);
  if (!rows.length) return;
  event.preventDefault();
  const now = rows.indexOf(current(list));
  const row = rows[now < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, now + by))];
  mark(list, row);
  row.scrollIntoView({ block: "nearest" });
  const link = one("[data-open]", row);
  link.focus({ preventScroll: true });
  const pane = link.getAttribute("hx-target") && one(link.getAttribute("hx-target"));
  if (!pane || pane.offsetParent === null) return;
  // The one on which the keys come to rest is opened, not each that is passed.
  clearTimeout(list.szTimer);
  list.szTimer = setTimeout(() => link.click(), 160);
}

function go(list) {
  const row = current(list);
  if (row) window.location.assign(one("[data-open]", row).href);
}

function tick(list) {
  const box = current(list) && one(".ck", current(list));
  if (box) box.click();
}

function mark(list, row) {
  all("[data-row][aria-current]", list).forEach((other) => {
    other.removeAttribute("aria-current");
    other.classList.remove("wr-on");
  });
  row.setAttribute("aria-current", "true");
  row.classList.add("wr-on");
}

function batch(list) {
  const bar = one("[data-batch]", list);
  if (!bar) return;
  const ticked = all("[data-row] .ck:checked", list).length;
  bar.hidden = !ticked;
  const count = one("[data-count]", bar);
  if (count) count.textContent = ticked;
}
