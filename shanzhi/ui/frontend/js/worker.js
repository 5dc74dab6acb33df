/* The service worker: the shell of the phone's pages, copies of a few of them for seven days, and lost forms.

Copies are asked for with a header of their own, so that the server decides what may be kept and masks it; an answer
that is `no-store` is never kept. They all go when anybody signs in or out. `self.SHELL` is put before this file. */

import { addForm, place } from "./queue-add.js";
import { changed, run } from "./queue-send.js";

const { assets, offline, version } = self.SHELL;
const SHELL = `sz-shell-${version}`;
const COPIES = "sz-copies";
const KEPT_MS = 7 * 24 * 3600 * 1000;
const FRESH_MS = 10 * 60 * 1000;
const PATIENCE_MS = 400;
const WRITTEN_MS = 30000;
const FORM_MS = 90000;
const ACTS = /href="(\/\d{6}\/cases\/[\d-]+\/[a-z-]+\/)"/g;
const MOST_ACTS = 8;
const NO_PICTURE = '<svg xmlns="http://www.w3.org/2000/svg"><path fill="#e6eaee" d="M0 0h999v999H0z"/></svg>';
let written = 0;

const wait = (ms) => new Promise((done) => { setTimeout(done, ms); });

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(SHELL);
    await cache.addAll([...assets, offline].map((url) => new Request(url, { credentials: "omit" })));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith("sz-shell-") && name !== SHELL);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "POST") {
    if (request.mode === "navigate") written = Date.now();
    if (/^\/accounts\/(login|logout|2fa\/authenticate)\//.test(url.pathname)) event.waitUntil(caches.delete(COPIES));
    else if (request.mode === "navigate" && place(url.pathname)) event.respondWith(posted(request));
    return;
  }
  if (request.method !== "GET") return;
  if (url.pathname.startsWith("/static/")) event.respondWith(asset(request));
  else if (request.mode === "navigate") event.respondWith(page(event));
  else if (request.destination === "image" && url.pathname.includes("/files/")) event.respondWith(photo(request));
});

async function asset(request) {
  return (await caches.match(request, { cacheName: SHELL })) || fetch(request);
}

async function photo(request) {
  try {
    return await fetch(request);
  } catch {
    return new Response(NO_PICTURE, { headers: { "Content-Type": "image/svg+xml" } });
  }
}

/** A copy that is not too old. */
async function copyOf(url, options = {}) {
  const cache = await caches.open(COPIES);
  const found = await cache.match(url, { ignoreVary: true, ...options });
  if (!found) return null;
  if (Date.now() - Number(found.headers.get("X-Kept-At")) < KEPT_MS) return found;
  await cache.delete(url, { ignoreVary: true });
  return null;
}

/** The network first, for a moment; then the copy, and what comes late is brought to the page. */
async function page(event) {
  const { request } = event;
  const copy = await copyOf(request.url);
  const network = fetch(request).catch(() => null);
  const patience = Date.now() - written < WRITTEN_MS ? FORM_MS : PATIENCE_MS;
  const first = copy ? await Promise.race([network, wait(patience).then(() => "late")]) : await network;
  if (first === "late") {
    event.waitUntil(network.then((answer) => bring(event.resultingClientId, answer)));
    return copy;
  }
  if (first && (first.status < 502 || first.status > 504)) return first;
  if (copy) return copy;
  const near = await copyOf(request.url, { ignoreSearch: true });
  return near || first || (await caches.match(offline)) || Response.error();
}

async function bring(id, answer) {
  const client = answer && id && (await self.clients.get(id));
  if (!client) return;
  if (answer.type === "opaqueredirect") client.postMessage({ kind: "moved" });
  else if (answer.ok) client.postMessage({ kind: "fresh", text: await answer.text() });
}

/** A form whose answer does not come is put into the queue as it is; its key keeps it from being done twice. */
async function posted(request) {
  const again = request.clone();
  const answer = await Promise.race([fetch(request).catch(() => null), wait(FORM_MS).then(() => null)]);
  if (answer && answer.status !== 502 && answer.status !== 504) return answer;
  const data = await again.formData();
  const about = JSON.parse(data.get("queued") || "null");
  if (!about || !about.user) return answer || (await caches.match(offline)) || Response.error();
  await addForm(new URL(request.url).pathname, data, about);
  changed();
  if (self.registration.sync) await self.registration.sync.register("sz-queue").catch(() => {});
  return Response.redirect(`${about.waiting}#saved`, 303);
}

self.addEventListener("sync", (event) => {
  if (event.tag !== "sz-queue") return;
  event.waitUntil(run().then((through) => {
    if (!through) throw new Error("no signal"); // the browser tries again later
  }));
});

// Copies --------------------------------------------------------------------------------------------------------

self.addEventListener("message", (event) => {
  if (event.data.kind === "keep") event.waitUntil(keep(event.data.urls));
});

async function keep(urls) {
  await purge();
  for (const url of urls) {
    const text = await take(url);
    if (text === null) return; // nobody is signed in, or no signal: later
    const acts = new Set(Array.from(text.matchAll(ACTS), (found) => found[1]));
    for (const act of [...acts].filter((one) => one.startsWith(url) && place(one)).slice(0, MOST_ACTS)) {
      if ((await take(act)) === null) return;
    }
  }
}

/** The text of the copy; empty where there is none to keep, null where it makes no sense to go on. */
async function take(url) {
  const there = await copyOf(url);
  if (there && Date.now() - Number(there.headers.get("X-Kept-At")) < FRESH_MS) return there.text();
  const cache = await caches.open(COPIES);
  let answer;
  try {
    answer = await fetch(url, {
      headers: { "X-Phone-Copy": "1" }, credentials: "same-origin", cache: "no-store", redirect: "manual",
    });
  } catch {
    return null;
  }
  if (answer.type === "opaqueredirect" || answer.status >= 500) return null;
  if (!answer.ok || /no-store/.test(answer.headers.get("Cache-Control") || "no-store")) {
    await cache.delete(url, { ignoreVary: true });
    return "";
  }
  const text = await answer.text();
  const headers = new Headers(answer.headers);
  ["Content-Encoding", "Content-Length"].forEach((name) => headers.delete(name));
  headers.set("X-Kept-At", String(Date.now()));
  await cache.put(url, new Response(text, { headers }));
  return text;
}

async function purge() {
  const cache = await caches.open(COPIES);
  for (const request of await cache.keys()) await copyOf(request.url);
}
