/* Sends what waits, in order, each once: pictures first, one by one, then the form with their numbers.

What a form's key did once it does not do again, so that sending twice does no harm; a picture that is up is not sent
again. Runs in pages and in the worker; only one of them sends at a time where the browser has locks. */

import { canSeal, everything, keyFor, picture, remove, save, takeKey, tellSent, wordsOf } from "./queue-store.js";

const FORM_MS = 60000;
const PHOTO_MS = 150000;
const ASK_MS = 15000;
const READY = new Set(["waiting", "sending", "login"]);

/** No answer, or one that says nothing of this item: it is tried again later. */
class NoSignal extends Error {}
class NoSession extends Error {}

let news = null;
if (self.BroadcastChannel) news = new BroadcastChannel("sz-queue");

/** Tells every page that something changed. */
export function changed() {
  if (news) news.postMessage("changed");
  if (self.document) self.dispatchEvent(new CustomEvent("sz:queue"));
}

export function onChange(act) {
  if (news) news.addEventListener("message", act);
  self.addEventListener("sz:queue", act);
}

async function ask(url, options, ms) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), ms);
  try {
    return await fetch(url, {
      credentials: "same-origin", redirect: "manual", cache: "no-store", ...options, signal: stop.signal,
    });
  } catch {
    throw new NoSignal();
  } finally {
    clearTimeout(timer);
  }
}

/** `{ user, token }`: who is signed in, and the token of now. */
export async function whoIsHere(county, ms = ASK_MS) {
  const answer = await ask(`/${county}/waiting/who/`, { headers: { Accept: "application/json" } }, ms);
  if (!answer.ok) throw new NoSignal();
  try {
    return await answer.json();
  } catch {
    throw new NoSignal();
  }
}

/** This person's key, if the browser has none yet. */
export async function ensureKey(user, county, token) {
  if (!canSeal || (await keyFor(user))) return;
  const answer = await ask(`/${county}/waiting/key/`, { method: "POST", headers: { "X-CSRFToken": token } }, ASK_MS);
  if (answer.ok) await takeKey(user, (await answer.json()).secret);
}

async function hex(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The key under which the server's own form would store this picture: sent by either way it is kept once. */
async function photoKey(item, number, bytes) {
  const { field, turn } = item.photos[number];
  const again = turn ? `-${turn}` : "";
  if (!canSeal) return `${item.key}-${number}${again}`.slice(0, 64);
  const name = field === "photos" ? "" : `${field} `;
  const own = await hex(new TextEncoder().encode(`${item.key} ${name}${await hex(bytes)}`));
  return turn ? `${own.slice(0, 60)}${again}` : own;
}

const sentenceIn = (text) => {
  const found = /data-error="([^"]*)"/.exec(text);
  return found ? found[1] : "";
};

/** `{ status, body, words }` of an answer that is about this item. */
async function read(answer) {
  if (answer.type === "opaqueredirect" || answer.status === 401) throw new NoSession();
  if (answer.status >= 500 || answer.status === 429) throw new NoSignal();
  const text = await answer.text();
  if ((answer.headers.get("Content-Type") || "").includes("json")) {
    const body = JSON.parse(text);
    return { status: answer.status, body, words: body.words || body.detail || "" };
  }
  return { status: answer.status, body: null, words: sentenceIn(text) };
}

async function upload(item, words, number, session) {
  const one = await picture(item, number);
  for (let left = 2; left >= 0; left -= 1) {
    const data = new FormData();
    data.append("photo", new File([one.bytes], one.name, { type: one.type }));
    data.append("photo_meta", JSON.stringify(words.facts[number] || {}));
    const headers = { "X-CSRFToken": session.token, "Idempotency-Key": await photoKey(item, number, one.bytes) };
    const options = { method: "POST", body: data, headers };
    const got = await read(await ask(`/${item.county}/files/`, options, PHOTO_MS));
    if (got.status === 201) return got.body.id;
    if (got.status === 409 && left) item.photos[number].turn += 1; // it was swept since: a new one is kept
    else if (got.status === 403 && !got.body && left) session.token = (await whoIsHere(item.county)).token;
    else return { words: `第 ${number + 1} 张照片没有传上去：${got.words || "请换一张再试。"}` };
  }
  throw new NoSignal();
}

async function post(item, words, session) {
  const data = new FormData();
  words.fields.forEach(([name, value]) => data.append(name, value));
  item.photos.forEach(({ field, up }) => data.append(field === "photos" ? "photo_ids" : `${field}-ids`, up));
  data.append("done_at", new Date(item.at).toISOString());
  const send = async () => read(await ask(item.path, {
    method: "POST", body: data, headers: { "X-CSRFToken": session.token, "X-Queued": "1" },
  }, FORM_MS));
  const got = await send();
  if (got.status !== 403 || got.body) return got;
  session.token = (await whoIsHere(item.county)).token;
  return send();
}

async function put(item, state, words = "", fields = {}) {
  Object.assign(item, { state, words, fields });
  await save(item);
  changed();
}

/** Done, refused or asked about: what is known of the item afterwards is on the disk. */
async function send(item, words, session) {
  await put(item, "sending");
  for (let number = 0; number < item.photos.length; number += 1) {
    if (item.photos[number].up) continue;
    const up = await upload(item, words, number, session);
    if (up.words) return put(item, "answer", up.words);
    item.photos[number].up = up;
    await put(item, "sending");
  }
  const { status, body, words: sentence } = await post(item, words, session);
  if (body && (body.state === "done" || body.state === "note")) {
    const { user, key, draft, what } = item;
    await tellSent({ user, key, draft, what, state: body.state, words: body.words, url: body.url, at: Date.now() });
    await remove(item);
    return changed();
  }
  if (body && body.photos_gone && item.photos.length && item.tries < 3) {
    item.photos.forEach((photo) => Object.assign(photo, { up: "", turn: photo.turn + 1 }));
    item.tries += 1;
    return send(item, words, session);
  }
  if (body && body.state === "invalid") return put(item, "answer", sentence, body.fields);
  return put(item, "refused", sentence || `没有办成（${status}），请打开这件事看看。`);
}

/** Everything of the person who is signed in; of one case nothing overtakes what has to be answered first. */
async function all() {
  const session = {};
  const held = new Set();
  for (const item of await everything()) {
    if (!READY.has(item.state)) {
      if (item.state === "answer" && item.number) held.add(item.number);
      continue;
    }
    if (held.has(item.number)) continue;
    try {
      if (!session.token) Object.assign(session, await whoIsHere(item.county));
      if (session.user && session.user !== item.user) continue;
      if (!session.user) throw new NoSession();
      await ensureKey(item.user, item.county, session.token);
      const words = await wordsOf(item);
      if (!words) continue;
      await send(item, words, session);
      if (item.state === "answer" && item.number) held.add(item.number);
    } catch (error) {
      if (error instanceof NoSession) {
        await put(item, "login");
        session.token = "";
        if (item.number) held.add(item.number);
        continue;
      }
      await put(item, "waiting");
      if (error instanceof NoSignal) return false;
      throw error;
    }
  }
  return true;
}

/** Sends all that is ready; false if the signal was lost on the way. */
export function run() {
  if (self.navigator.locks) return self.navigator.locks.request("sz-queue", all);
  return all();
}
