/* Photos open over the page, arrows go on, Escape closes; without scripts the link opens the picture. */

import { all, icon, make } from "./dom.js";

let dialog = null;
let photos = [];
let at = 0;
let image;
let words;
let place;

function build() {
  image = make("img", { alt: "" });
  words = make("p", { class: "viewer-c" });
  place = make("span", {});
  const close = make("button", { class: "icon-btn", type: "button", "aria-label": "关上照片" }, icon("x", "i-l"));
  const back = make("button", { class: "icon-btn viewer-p", type: "button", "aria-label": "上一张" },
    icon("chevron-left", "i-l"));
  const on = make("button", { class: "icon-btn viewer-n", type: "button", "aria-label": "下一张" },
    icon("chevron-right", "i-l"));
  close.addEventListener("click", () => dialog.close());
  back.addEventListener("click", () => show(at - 1));
  on.addEventListener("click", () => show(at + 1));
  dialog = make("dialog", { class: "viewer", "aria-label": "照片" },
    make("div", { class: "viewer-in" }, make("div", { class: "viewer-h" }, place, close),
      make("div", { class: "viewer-b" }, image, back, on), words));
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") show(at - 1);
    if (event.key === "ArrowRight") show(at + 1);
  });
  document.body.append(dialog);
}

function show(index) {
  at = (index + photos.length) % photos.length;
  const inner = photos[at].querySelector("img, svg");
  const alt = (inner && (inner.getAttribute("alt") || inner.getAttribute("aria-label"))) || "";
  image.src = photos[at].href;
  image.alt = alt;
  words.textContent = alt;
  place.textContent = photos.length > 1 ? `第 ${at + 1} 张，共 ${photos.length} 张` : "";
  all(".viewer-p, .viewer-n", dialog).forEach((button) => { button.hidden = photos.length < 2; });
}

export function startViewer() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-viewer] a.photo");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !window.HTMLDialogElement) return;
    event.preventDefault();
    if (!dialog) build();
    photos = all("a.photo", link.closest("[data-viewer]"));
    show(photos.indexOf(link));
    dialog.showModal();
  });
}
