/* The photo picker: camera or album, up to nine, shrunk here, each with a preview and a button to take it off. */

import { all, each, icon, make, one, send } from "./dom.js";
import { readExif } from "./exif.js";
import { shrink } from "./shrink.js";

/** Fires `sz:photos` on the picker after every change; `picker.szFiles()` gives `[{ file, meta }]`. */
export function startPhotos() {
  each("[data-photos]", "szPhotos", (picker) => new Picker(picker));
}

class Picker {
  constructor(root) {
    this.root = root;
    this.form = root.closest("form");
    this.limit = Number(root.dataset.limit) || 9;
    this.inputs = all("input[type=file]", root);
    this.meta = one("[data-photos-meta]", root);
    this.note = one("[data-photos-note]", this.form || document);
    this.count = one("[data-photos-count]", this.form || document);
    this.items = [];
    this.reading = 0;
    root.szFiles = () => this.items;
    root.szClear = () => { this.items.forEach((item) => item.box.remove()); this.items = []; this.sync(); };
    root.szRestore = (items) => { items.forEach((item) => this.put(item)); this.sync(false); };
    this.inputs.forEach((input) => input.addEventListener("change", () => this.take(input)));
    if (this.form) this.form.addEventListener("submit", (event) => this.wait(event));
  }

  async take(input) {
    const picked = Array.from(input.files);
    const files = picked.filter((file) => !file.type || file.type.startsWith("image/"));
    const room = this.limit - this.items.length - this.reading;
    const left = files.length - room;
    const others = picked.length - files.length;
    if (others) this.tell(`有 ${others} 个文件不是照片，没有放进来`);
    else this.tell(left > 0 ? `最多 ${this.limit} 张，有 ${left} 张没有放进来` : "");
    const chosen = files.slice(0, Math.max(0, room));
    this.reading += chosen.length;
    this.root.classList.toggle("photos-reading", this.reading > 0);
    for (const file of chosen) {
      const meta = await readExif(file);
      const small = await shrink(file);
      this.reading -= 1;
      this.put({ file: small, meta });
    }
    this.sync();
  }

  put(item) {
    const url = URL.createObjectURL(item.file);
    const image = make("img", { src: url, alt: "" });
    const off = make("button", { class: "photo-x", type: "button" }, icon("x"));
    const box = make("div", { class: "photo" }, image, off);
    image.addEventListener("error", () => {
      image.replaceWith(icon("photo", "i-l"));
      box.classList.add("photo-busy");
    });
    off.addEventListener("click", () => {
      URL.revokeObjectURL(url);
      this.items = this.items.filter((one) => one !== item);
      box.remove();
      this.tell("");
      this.sync();
    });
    item.box = box;
    this.items.push(item);
    this.root.insertBefore(box, one("label", this.root));
  }

  /** The first input carries the pictures; the others are emptied, so that nothing is sent twice. */
  sync(tellOthers = true) {
    this.items.forEach(({ box }, index) => {
      one("img", box)?.setAttribute("alt", `第 ${index + 1} 张照片`);
      one(".photo-x", box).setAttribute("aria-label", `删除第 ${index + 1} 张`);
    });
    try {
      const carrier = new DataTransfer();
      this.items.forEach(({ file }) => carrier.items.add(file));
      this.inputs.forEach((input, index) => {
        if (index) input.value = "";
        else input.files = carrier.files;
      });
    } catch {
      this.tell("这个手机不能先缩小照片，会按原样上传");
    }
    if (this.meta) this.meta.value = JSON.stringify(this.items.map(({ meta }) => meta || {}));
    const full = this.items.length >= this.limit;
    all("label.photo-add", this.root).forEach((label) => label.classList.toggle("photo-full", full));
    if (this.count) {
      this.count.textContent = this.items.length ? `${this.items.length} 张，最多 ${this.limit} 张` : `最多 ${this.limit} 张`;
    }
    if (tellOthers) this.root.dispatchEvent(new CustomEvent("sz:photos", { bubbles: true }));
  }

  tell(words) {
    if (this.note) this.note.textContent = words;
  }

  /** A form that is sent while pictures are still being shrunk waits for them. */
  wait(event) {
    if (!this.reading) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.tell("照片还在处理，马上就好");
    const used = event.submitter;
    const timer = setInterval(() => {
      if (this.reading) return;
      clearInterval(timer);
      this.tell("");
      send(this.form, used);
    }, 150);
  }
}
