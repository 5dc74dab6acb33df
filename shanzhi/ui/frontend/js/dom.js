/* Small helpers that every module uses. */

export const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
export const one = (selector, root = document) => root.querySelector(selector);

/** Runs once for each match, now and in whatever htmx swaps in later; `key` marks what was done. */
export function each(selector, key, start) {
  const run = (root) => {
    for (const node of [...(root.matches && root.matches(selector) ? [root] : []), ...all(selector, root)]) {
      if (node[key]) continue;
      node[key] = true;
      start(node);
    }
  };
  run(document);
  document.addEventListener("htmx:load", (event) => run(event.target));
}

let sprite = "";

/** The same icon as the template tag makes; the sprite's address is taken from an icon on the page. */
export function icon(name, extra = "") {
  if (!sprite) {
    const use = one("svg.i use");
    sprite = use ? use.getAttribute("href").split("#")[0] : "/static/ui/icons.svg";
  }
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", extra ? `i ${extra}` : "i");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#i-${name}`);
  svg.append(use);
  return svg;
}

/** An element with attributes and children; text is never read as markup. */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** Sends a form as if its button had been used; old browsers have only the button. */
export function send(form, used = null) {
  if (form.requestSubmit) form.requestSubmit(used || undefined);
  else (used || one("button:not([type=button])", form)).click();
}

/** 15:28 on the clock of this device. */
export const clockTime = (at = new Date()) =>
  `${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`;
