/* Drafts: what was typed stays in this phone until the server confirms it; a lost session loses nothing.

A draft belongs to one person and one form. Text is kept in localStorage, pictures in IndexedDB, for seven days.
The idempotency key is kept with it: sending it again after a lost session is the same act. */

import { all, clockTime, each, one, send } from "./dom.js";
import { say } from "./flash.js";
import { dropPhotos, keepPhotos, takePhotos } from "./store.js";

const KEEP_MS = 7 * 24 * 3600 * 1000;
const PREFIX = "sz-draft:";
const owner = () => document.body.dataset.user || "guest";
const keyOf = (name) => `${PREFIX}${owner()}:${name}`;
// A number is kept on no desk, and a proof serves once.
const SKIP = new Set(["csrfmiddlewaretoken", "photo_meta", "asked", "phone", "proof_work", "proof_nonce",
  "proof_question", "proof_answer"]);

export function startDrafts() {
  sweep();
  all("[data-draft-done]").forEach((mark) => forget(keyOf(mark.dataset.draftDone)));
  each("form[data-draft]", "szDraft", (form) => new Draft(form));
  each("form[data-signout]", "szSignout", askBeforeLeaving);
}

class Draft {
  constructor(form) {
    this.form = form;
    this.key = keyOf(form.dataset.draft);
    this.picker = one("[data-photos]", form);
    this.restore();
    const later = () => { clearTimeout(this.timer); this.timer = setTimeout(() => this.save(), 600); };
    ["input", "change", "sz:place"].forEach((name) => form.addEventListener(name, later));
    form.addEventListener("sz:photos", () => this.savePhotos());
    form.addEventListener("submit", (event) => this.leave(event));
    form.addEventListener("htmx:afterSwap", (event) => this.refill(event.target));
    window.addEventListener("pagehide", () => this.timer && this.save());
    const drop = one("[data-draft-drop]", form);
    if (drop) drop.addEventListener("click", () => { forget(this.key); form.reset(); window.location.reload(); });
  }

  fields() {
    return Array.from(this.form.elements).filter((field) =>
      field.name && !SKIP.has(field.name) && !["file", "password", "submit", "button"].includes(field.type));
  }

  save() {
    clearTimeout(this.timer);
    this.timer = 0;
    const values = this.fields().filter((field) => !["radio", "checkbox"].includes(field.type) || field.checked)
      .map((field) => [field.name, field.value]);
    const typed = this.fields().some((field) => field.type !== "hidden" && field.value !== field.defaultValue
      && !["radio", "checkbox", "select-one"].includes(field.type));
    const pictures = this.picker && this.picker.szFiles ? this.picker.szFiles().length : 0;
    if (!typed && !pictures) return;
    try {
      localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), values }));
      this.tell(`已存在手机 ${clockTime()}`);
    } catch {
      this.tell("手机存不下了");
    }
  }

  /** Without signal the form stays here, kept; a request would only end on the browser's own error page. */
  leave(event) {
    this.save();
    if (navigator.onLine !== false) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    say("现在没有信号，已存在手机里。有信号后再点一次上报。", { error: true, id: "offline" });
  }

  async savePhotos() {
    this.save();
    await keepPhotos(this.key, this.picker.szFiles().map(({ file, meta }) => ({ file, meta })));
  }

  /** A form that came back with errors shows what was sent, not the draft; its pictures must be put back. */
  async restore() {
    const kept = read(this.key);
    if (!kept) return;
    if (!one(".error-summary", this.form)) {
      this.kept = kept.values;
      this.fill(new Map(), kept.values);
    }
    this.tell(`已存在手机 ${clockTime(new Date(kept.at))}`);
    if (!this.picker || !this.picker.szRestore) return;
    if (one("input[name=photo_ids]", this.form)) {
      dropPhotos(this.key); // the server has them already and shows them in the form
      return;
    }
    const items = await takePhotos(this.key);
    if (items.length && !this.picker.szFiles().length) this.picker.szRestore(items);
  }

  fill(seen, values) {
    values.forEach(([name, value]) => seen.set(name, [...(seen.get(name) || []), value]));
    for (const field of this.fields()) {
      const list = seen.get(field.name);
      if (["radio", "checkbox"].includes(field.type)) field.checked = Boolean(list && list.includes(field.value));
      else if (list && list.length) field.value = list.shift();
    }
    this.form.dispatchEvent(new CustomEvent("sz:restored", { bubbles: true }));
    whenBound(() => this.form.dispatchEvent(new CustomEvent("sz:refetch")));
  }

  /** Questions that came after the draft was put back get their answers too, unless they came with some. */
  refill(part) {
    if (!this.kept || !part) return;
    const late = this.fields().filter((field) => part.contains(field) && field.type !== "hidden");
    if (late.some((field) => (["radio", "checkbox"].includes(field.type) ? field.checked : field.value))) return;
    for (const field of late) {
      const values = this.kept.filter(([name]) => name === field.name).map(([, value]) => value);
      if (["radio", "checkbox"].includes(field.type)) field.checked = values.includes(field.value);
      else if (values.length) field.value = values[0];
    }
    if (late.length) this.kept = null;
    if (late.length) late[0].dispatchEvent(new Event("change", { bubbles: true }));
  }

  tell(words) {
    const note = one("[data-draft-note]");
    if (note) note.textContent = words;
  }
}

/** What is fetched for a form waits until the page's own triggers are bound: at the end of loading. */
function whenBound(act) {
  if (document.readyState === "complete") act();
  else document.addEventListener("DOMContentLoaded", () => setTimeout(act));
}

function read(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(key) || "null");
    return kept && Date.now() - kept.at < KEEP_MS ? kept : null;
  } catch {
    return null;
  }
}

function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // a browser without storage keeps nothing to forget
  }
  dropPhotos(key);
}

/** Keys of the drafts in this phone that belong to the person who is signed in. */
function mine() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(`${PREFIX}${owner()}:`));
  } catch {
    return [];
  }
}

function sweep() {
  try {
    Object.keys(localStorage).filter((key) => key.startsWith(PREFIX) && !read(key)).forEach(forget);
  } catch {
    // nothing is kept here
  }
}

/** Signing out of a phone with an unsent draft asks first: the next person must not find it. */
function askBeforeLeaving(form) {
  form.addEventListener("submit", (event) => {
    const drafts = mine();
    const dialog = one("dialog[data-ask-drafts]");
    if (!drafts.length || form.dataset.asked || !dialog || !dialog.showModal) {
      drafts.forEach(forget);
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    one("[data-ask-go]", dialog).onclick = () => {
      form.dataset.asked = "1";
      dialog.close();
      send(form);
    };
    one("[data-ask-stay]", dialog).onclick = () => dialog.close();
    dialog.showModal();
  });
}
