/* Forms of a phone that may wait for a signal: instead of being lost they are put into the queue.

With a signal a form goes to the server as ever; the worker catches it if no answer comes. Without one, on a page that
the phone kept, and for an item that is mended, it goes into the queue here and is sent from there at once. */

import { hold, release } from "./busy.js";
import { all, each, icon, make, one, send } from "./dom.js";
import { forgetDraft } from "./draft.js";
import { fill, refill, typeable } from "./fill.js";
import { say } from "./flash.js";
import { addForm, place } from "./queue-add.js";
import { changed, run, whoIsHere } from "./queue-send.js";
import { itemById, itemsOf, picture, toldTo, wordsOf } from "./queue-store.js";
import { shrink } from "./shrink.js";

const SKIP = new Set(["csrfmiddlewaretoken", "photo_meta", "queued", "idempotency_key", "version"]);
const ASK_MS = 5000;
const SEND_MS = 20000;
const body = () => document.body.dataset;

export const newKey = () => (self.crypto && crypto.randomUUID ? crypto.randomUUID().replace(/-/g, "")
  : Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join(""));

export function startQueueForms() {
  if (!("phone" in body())) return;
  const said = sessionStorage.getItem("sz-said");
  if (said) say(said);
  sessionStorage.removeItem("sz-said");
  const wanted = /^#item=(\d+)$/.exec(window.location.hash);
  each("form", "szQueue", (form) => {
    if (!mayWait(form)) return;
    // A kept page shows the same key each time it is opened: every form that is filled in on it is another act.
    if ("copy" in body()) one("input[name=idempotency_key]", form).value = newKey();
    if (wanted && form.id) reopen(form, Number(wanted[1]));
    form.addEventListener("submit", (event) => submitted(event, form));
  });
}

const pathOf = (form) => new URL(form.getAttribute("action") || window.location.href, window.location.href).pathname;

const mayWait = (form) => (form.getAttribute("method") || "").toLowerCase() === "post"
  && !form.hasAttribute("hx-post") && place(pathOf(form)) && one("input[name=idempotency_key]", form);

function aboutOf(form, used) {
  const button = used || one("button:not([type=button])", form) || one(`button[form="${form.id}"]`) || form;
  const label = button.textContent;
  const what = place(pathOf(form)).number ? label.trim() : "随手拍";
  return { user: body().user, what, draft: form.dataset.draft || "", at: Date.now(), waiting: body().waiting };
}

/** Tells the worker whose form this is, in case it has to keep it. */
function mark(form, about) {
  let field = one("input[name=queued]", form);
  if (!field) {
    field = make("input", { type: "hidden", name: "queued" });
    form.append(field);
  }
  field.value = JSON.stringify(about);
}

async function submitted(event, form) {
  if (event.defaultPrevented || form.dataset.sent) return;
  const about = aboutOf(form, event.submitter);
  mark(form, about);
  const here = "copy" in body() || form.dataset.item || navigator.onLine === false;
  const caught = navigator.serviceWorker && navigator.serviceWorker.controller;
  if (form.dataset.through || (!here && caught)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!form.reportValidity()) return;
  const used = event.submitter || one(`button[form="${form.id}"]`);
  hold(form, used);
  if (!here && (await hears())) {
    form.dataset.through = "1";
    release(form);
    send(form, used);
    setTimeout(() => delete form.dataset.through);
    return;
  }
  await queue(form, about);
}

/** Without a worker nothing catches a lost form: whether the server answers is asked first. */
async function hears() {
  try {
    await whoIsHere(place(window.location.pathname)?.county || body().waiting.slice(1, 7), ASK_MS);
    return true;
  } catch {
    return false;
  }
}

async function dataOf(form) {
  const data = new FormData(form);
  for (const input of all("input[type=file]:not(.photo-in)", form)) {
    const files = data.getAll(input.name);
    data.delete(input.name);
    for (const file of files) if (file.size) data.append(input.name, await shrink(file));
  }
  return data;
}

async function queue(form, about) {
  let item;
  try {
    item = await addForm(pathOf(form), await dataOf(form), about);
  } catch {
    release(form);
    say("手机存不下了，没有保存。请删掉一些照片再试。", { error: true, id: "offline" });
    return;
  }
  form.dispatchEvent(new CustomEvent("sz:taken"));
  forgetDraft(about.draft, item.key);
  changed();
  askForSync();
  const patience = new Promise((done) => { setTimeout(done, SEND_MS); });
  if (navigator.onLine !== false) await Promise.race([run().catch(() => {}), patience]);
  const left = (await itemsOf(about.user)).find((other) => other.key === item.key);
  if (!left) await gone(item);
  else if (left.state === "answer") faults(form, left);
  else await saved(form, left);
}

async function askForSync() {
  try {
    const ready = await navigator.serviceWorker.ready;
    if (ready.sync) await ready.sync.register("sz-queue");
  } catch {
    // the page itself sends when it hears that there is a signal
  }
}

async function gone(item) {
  const told = (await toldTo(item.user)).reverse().find((row) => row.key === item.key);
  if (told) sessionStorage.setItem("sz-said", told.words);
  window.location.assign(told ? told.url : body().waiting);
}

async function saved(form, item) {
  if (navigator.serviceWorker && navigator.serviceWorker.controller) {
    window.location.assign(`${body().waiting}#saved`);
    return;
  }
  // No worker, so no other page without a signal: this one is ready for the next.
  release(form);
  form.reset();
  delete form.dataset.item;
  one("input[name=idempotency_key]", form).value = newKey();
  const picker = one("[data-photos]", form);
  if (picker && picker.szClear) picker.szClear();
  say(item.state === "refused" ? item.words : "已保存在手机里，有信号后自动上传。", { id: "saved" });
}

/** The form stays with what has to be mended; the item is sent again with what is written now. */
function faults(form, item) {
  release(form);
  form.dataset.item = String(item.id);
  all(".error-summary", form).forEach((old) => old.remove());
  const rows = Object.values(item.fields || {}).flat();
  const head = make("h3", {}, icon("alert-circle"), item.words || "有几处要改");
  const list = make("ul", {}, ...rows.filter((row) => row !== item.words).map((row) => make("li", {}, row)));
  const box = make("div", { class: "error-summary", role: "alert", tabindex: "-1" }, head, rows.length ? list : "");
  form.prepend(form.classList.contains("form") ? box : make("section", { class: "sec" }, box));
  form.dispatchEvent(new CustomEvent("sz:refetch"));
  box.focus();
  box.scrollIntoView({ block: "start" });
}

/** 改一改: the form with what waits, its own key and its pictures. */
async function reopen(form, id) {
  form.removeAttribute("data-draft"); // a draft of the same form is another matter
  const item = await itemById(id);
  const words = item && item.user === body().user && pathOf(form) === item.path && (await wordsOf(item));
  if (!words) return;
  form.dataset.item = String(id);
  const fields = () => Array.from(form.elements).filter((field) => typeable(field, SKIP));
  fill(form, fields(), words.fields);
  one("input[name=idempotency_key]", form).value = item.key;
  form.addEventListener("htmx:afterSwap", (event) => {
    refill(fields().filter((field) => event.target.contains(field)), words.fields);
  });
  const picker = one("[data-photos]", form);
  const own = [];
  for (let number = 0; number < item.photos.length; number += 1) {
    if (item.photos[number].field !== "photos") continue;
    const taken = await picture(item, number);
    own.push({ file: new File([taken.bytes], taken.name, { type: taken.type }), meta: words.facts[number] || {} });
  }
  if (own.length && picker && picker.szRestore) picker.szRestore(own);
  if (item.words) say(item.words, { error: true, id: "item" });
}
