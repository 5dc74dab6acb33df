/* What waits is shown: a strip on every page of the phone, and a page with each item. */

import { clockTime, icon, make, one } from "./dom.js";
import { forgetDraft } from "./draft.js";
import { say } from "./flash.js";
import { changed, ensureKey, onChange, run } from "./queue-send.js";
import { dropTold, everything, itemsOf, remove, save, toldTo, wordsOf } from "./queue-store.js";

const EVERY_MS = 60000;
const user = () => document.body.dataset.user || "";
const offline = () => navigator.onLine === false;
let busy = false;

export async function startQueueView() {
  if (!("phone" in document.body.dataset)) {
    await tellOthers();
    return;
  }
  onChange(show);
  document.addEventListener("sz:fresh", show);
  window.addEventListener("online", () => send());
  window.addEventListener("offline", show);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
  setInterval(send, EVERY_MS);
  if (window.location.hash === "#saved") {
    window.history.replaceState(null, "", window.location.pathname);
    say("已保存在手机里，有信号后自动上传。", { id: "saved" });
  }
  await show();
  await tellOthers();
  await takeOwnKey();
  await send();
}

/** As soon as there is a signal: then nothing that is filled in later lies open. */
async function takeOwnKey() {
  const county = (document.body.dataset.waiting || "").slice(1, 7);
  const meta = one("meta[name=csrf-token]");
  if ("copy" in document.body.dataset || offline() || !county || !meta) return;
  await ensureKey(user(), county, meta.content).catch(() => {});
}

export async function send() {
  const ready = (await itemsOf(user())).some((item) => ["waiting", "sending", "login"].includes(item.state));
  if (busy || offline() || !ready) return;
  busy = true;
  try {
    await run();
  } catch {
    // the disk refused: tried again in a minute
  } finally {
    busy = false;
    await show();
  }
}

/** Somebody else's items are never shown and never sent by this person; that they are there is said. */
async function tellOthers() {
  const others = (await everything()).filter((item) => item.user !== user());
  const atLogin = window.location.pathname.startsWith(document.body.dataset.login || "/accounts/login/");
  if (!others.length || (!user() && !atLogin)) return;
  const words = `这部手机里有${user() ? "别人" : ""}还没上传的内容 ${others.length} 条，等本人登录后自动上传。`;
  if (!user()) {
    one("main h1").after(make("div", { class: "note note-amber", "data-others": true }, make("span", {}, words)));
    return;
  }
  if (sessionStorage.getItem("sz-others") === user() || one("[data-waiting-list]")) return;
  sessionStorage.setItem("sz-others", user());
  say(words, { id: "others" });
}

async function show() {
  const mine = await itemsOf(user());
  [...mine, ...(await toldTo(user()))].forEach(({ draft, key }) => forgetDraft(draft, key));
  strip(mine);
  const list = one("[data-waiting-list]");
  if (list) await page(list, mine);
}

function strip(mine) {
  const box = one("[data-strip]");
  if (!box) return;
  box.hidden = !mine.length;
  if (!mine.length) return;
  const ask = mine.filter((item) => ["answer", "refused"].includes(item.state)).length;
  const login = mine.some((item) => item.state === "login");
  const sending = mine.some((item) => item.state === "sending");
  one("[data-strip-head]", box).textContent = `已保存，等待上传 ${mine.length} 条`;
  one("[data-strip-sub]", box).textContent = offline() ? "现在没有信号，有信号后自动上传"
    : login ? "登录已失效，请重新登录，登录后自动上传"
      : sending ? "正在上传…"
        : ask ? `有 ${ask} 条要你看一看，点“查看”` : "信号不好，过一会儿自动再传";
}

// The page ------------------------------------------------------------------------------------------------------

const STATES = {
  waiting: ["clock", "等待上传"], sending: ["refresh", "正在上传"], answer: ["alert-circle", "要补填或改"],
  login: ["lock", "请重新登录"], refused: ["alert-triangle", "没有收下"],
};

const when = (at) => {
  const day = new Date(at);
  return `${day.getMonth() + 1}月${day.getDate()}日 ${clockTime(day)}`;
};

async function page(list, mine) {
  const cards = [];
  if (mine.some((item) => item.state === "login")) cards.push(loginCard());
  for (const item of mine) cards.push(await card(item));
  const others = (await everything()).length - mine.length;
  if (others > 0) cards.push(make("p", { class: "mute" }, `另有别人没上传的内容 ${others} 条，等本人登录后自动上传。`));
  for (const row of (await toldTo(user())).reverse()) cards.push(toldCard(row));
  if (!mine.length) {
    cards.unshift(make("div", { class: "blank" }, icon("circle-check", "i-xl"), make("h2", {}, "没有等待上传的内容"),
      make("p", {}, "填过的都已经传上去了。")));
  }
  list.replaceChildren(...cards);
}

function loginCard() {
  const href = `${document.body.dataset.login}?next=${encodeURIComponent(window.location.pathname)}`;
  return make("div", { class: "note note-amber" }, icon("lock"),
    make("span", {}, "登录已失效，存着的都还在。", make("a", { href }, "请重新登录"), "，登录后自动上传。"));
}

function photosWords(item) {
  const up = item.photos.filter((photo) => photo.up).length;
  return item.photos.length ? `照片已传 ${up}/${item.photos.length}` : "没有照片";
}

async function card(item) {
  const words = await wordsOf(item);
  const [sign, label] = STATES[item.state];
  const ask = ["answer", "refused"].includes(item.state);
  const head = make("span", { class: "line between" },
    make("span", { class: `clock ${ask ? "clock-late" : "clock-ok"}` },
      icon(sign, item.state === "sending" ? "spin" : ""), label),
    make("span", { class: "mute s nw" }, `${when(item.at)} 填的`));
  const title = item.number ? `${item.what}（编号 ${item.number}）` : item.what;
  const parts = [head, make("b", { class: "card-t" }, title)];
  if (words && words.said) parts.push(make("span", { class: "mute cut" }, words.said));
  if (!words) parts.push(make("span", { class: "mute" }, "内容锁着，有信号时自动打开"));
  parts.push(make("span", { class: "card-p" }, icon("photo"), photosWords(item)));
  if (item.words) parts.push(make("p", { class: ask ? "red" : "mute" }, item.words));
  for (const row of Object.values(item.fields || {}).flat()) {
    if (row !== item.words) parts.push(make("p", { class: "red s" }, row));
  }
  const verb = item.state === "refused" ? "再传一次" : "现在上传";
  const now = make("button", { class: "btn btn-primary", type: "button" }, verb);
  now.addEventListener("click", () => again(item));
  const mend = make("a", { class: "btn btn-outline", href: `${item.path}#item=${item.id}` }, "改一改");
  const drop = make("button", { class: "btn btn-quiet", type: "button" }, "删除");
  drop.addEventListener("click", () => askToDrop(item));
  const acts = item.state === "answer" ? [mend, drop] : [now, ...(words ? [mend] : []), drop];
  return make("article", { class: "card wait", "data-item": item.id, "data-state": item.state },
    make("div", { class: "card-m" }, ...parts), make("div", { class: "wait-acts" }, ...acts));
}

function toldCard(row) {
  const close = make("button", { class: "btn btn-quiet", type: "button" }, "知道了");
  close.addEventListener("click", async () => { await dropTold(row.id); changed(); });
  const label = row.state === "note" ? "到晚了，留作备注" : "已上传";
  return make("article", { class: "card wait", "data-told": row.state },
    make("div", { class: "card-m" },
      make("span", { class: "line between" },
        make("span", { class: `clock ${row.state === "note" ? "clock-soon" : "clock-done"}` },
          icon(row.state === "note" ? "message-plus" : "circle-check"), label),
        make("span", { class: "mute s" }, when(row.at))),
      make("b", { class: "card-t" }, row.what), make("p", {}, row.words)),
    make("div", { class: "wait-acts" }, make("a", { class: "btn btn-outline", href: row.url }, "看这件事"), close));
}

async function again(item) {
  if (offline()) {
    say("现在没有信号，有信号后自动上传。", { error: true, id: "offline" });
    return;
  }
  if (item.state === "refused") {
    await save({ ...item, state: "waiting", words: "" });
  }
  await send();
}

function askToDrop(item) {
  const dialog = one("dialog[data-ask-drop]");
  one("[data-ask-stay]", dialog).onclick = () => dialog.close();
  one("[data-ask-go]", dialog).onclick = async () => {
    dialog.close();
    await remove(item);
    changed();
  };
  dialog.showModal();
}
