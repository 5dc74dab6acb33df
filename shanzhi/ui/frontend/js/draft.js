/* Drafts: what was typed stays in this phone until the server confirms it; a lost session loses nothing.

A draft belongs to one person and one form. Text is kept in localStorage, pictures in IndexedDB, for seven days.
The idempotency key is kept with it: sending it again after a lost session is the same act. */

import { all, clockTime, each, one } from "./dom.js";
import { fill, refill, typeable } from "./fill.js";
import { say } from "./flash.js";
import { askBeforeLeaving } from "./leaving.js";
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
  each("form[data-signout]", "szSignout", (form) => askBeforeLeaving(form, mine, forget));
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
    form.addEventListener("sz:taken", () => { clearTimeout(this.timer); this.timer = 0; this.taken = true; });
    form.addEventListener("htmx:afterSwap", (event) => this.refill(event.target));
    window.addEventListener("pagehide", () => this.timer && this.save());
    const drop = one("[data-draft-drop]", form);
    if (drop) drop.addEventListener("click", () => { forget(this.key); form.reset(); window.location.reload(); });
  }

  fields() {
    return Array.from(this.form.elements).filter((field) => typeable(field, SKIP));
  }

  save() {
    clearTimeout(this.timer);
    this.timer = 0;
    if (this.taken) return;
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
      fill(this.form, this.fields(), kept.values);
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

  /** Questions that came after the draft was put back get their answers too. */
  refill(part) {
    if (this.kept && part && refill(this.fields().filter((field) => part.contains(field)), this.kept)) this.kept = null;
  }

  tell(words) {
    const note = one("[data-draft-note]");
    if (note) note.textContent = words;
  }
}

function read(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(key) || "null");
    return kept && Date.now() - kept.at < KEEP_MS ? kept : null;
  } catch {
    return null;
  }
}

/** What the queue has taken over is no draft any more. */
export function forgetDraft(name, key) {
  const kept = name && read(keyOf(name));
  if (kept && kept.values.some(([field, value]) => field === "idempotency_key" && value === key)) forget(keyOf(name));
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
