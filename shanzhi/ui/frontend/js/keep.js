/* The page's side of what a phone keeps: the worker, whose copies they are, and what came late from the network. */

import { all, one } from "./dom.js";
import { say } from "./flash.js";
import { dropKey, dropOtherKeys } from "./queue-store.js";

const OWNER = "sz-owner";
const LOST = "登录已失效，看到的是手机里存着的。请重新登录。";
const COPIES = "sz-copies";
const user = () => document.body.dataset.user || "";

function owner(value) {
  try {
    if (value === undefined) return localStorage.getItem(OWNER) || "";
    if (value) localStorage.setItem(OWNER, value);
    else localStorage.removeItem(OWNER);
  } catch {
    // a browser without storage keeps nothing of anybody
  }
  return value || "";
}

/** Everything that shows what somebody saw. What waits stays, sealed: its key goes. */
export async function forgetPerson(person) {
  owner("");
  if (self.caches) await caches.delete(COPIES).catch(() => {});
  await dropKey(person).catch(() => {});
}

export async function startKeep() {
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && user() && owner() !== user()) window.location.reload(); // somebody signed out meanwhile
  });
  if (!user()) return;
  if (owner() && owner() !== user()) {
    if (self.caches) await caches.delete(COPIES).catch(() => {});
    await dropOtherKeys(user()).catch(() => {});
  }
  owner(user());
  if (!navigator.serviceWorker || !("phone" in document.body.dataset)) return;
  navigator.serviceWorker.addEventListener("message", (event) => {
    if (event.data.kind === "moved") say(LOST, { error: true, id: "session", link: login() });
    if (event.data.kind === "fresh") fresh(event.data.text);
  });
  if (document.readyState === "complete") register();
  else window.addEventListener("load", register);
}

const login = () => ({
  href: `${document.body.dataset.login}?next=${encodeURIComponent(window.location.pathname)}`, text: "重新登录",
});

/** After the page itself is there: the first visit does not wait for what later ones need. */
async function register() {
  try {
    await navigator.serviceWorker.register("/sw.js");
    const ready = await navigator.serviceWorker.ready;
    const links = all(".tabbar a, a.card-m, a.card-a").map((link) => link.getAttribute("href"));
    const urls = [...new Set([...links, document.body.dataset.waiting])].filter((url) => url && url.startsWith("/"));
    if (one(".tabbar")) setTimeout(() => ready.active.postMessage({ kind: "keep", urls }), 1500);
  } catch {
    // no worker here: pages need a signal, what is filled in is kept all the same
  }
}

/** A page without a form is replaced; over a form only the token is renewed and the messages are shown. */
function fresh(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  if ((page.body.dataset.user || "") !== user()) {
    window.location.reload();
    return;
  }
  const meta = page.querySelector("meta[name=csrf-token]");
  if (meta && one("meta[name=csrf-token]")) one("meta[name=csrf-token]").content = meta.content;
  if (meta) all("input[name=csrfmiddlewaretoken]").forEach((input) => { input.value = meta.content; });
  for (const flash of all(".flash", page)) one("#flashes").append(document.adoptNode(flash));
  const typed = all("main form, form[data-draft], details[open]").length > 0 || "keepStill" in document.body.dataset;
  if (typed) return;
  for (const selector of ["#main", ".tabbar", ".actbar", ".ph-top"]) {
    const [mine, theirs] = [one(selector), page.querySelector(selector)];
    if (mine && theirs) mine.replaceWith(document.adoptNode(theirs));
  }
  delete document.body.dataset.copy;
  document.dispatchEvent(new CustomEvent("sz:fresh"));
  document.body.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
}
