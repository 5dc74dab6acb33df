/* htmx under our content security policy: no eval, no styles of its own; refusals become sentences. */

import htmx from "htmx.org";
import { one } from "./dom.js";
import { say } from "./flash.js";

const LOST = "登录已失效，填的内容还在。请重新登录再接着办。";
const OFFLINE = "现在没有信号，填的内容没有丢。有信号后再试。";
const BROKEN = "系统出了问题，填好的内容没有丢，请稍后再试。";

Object.assign(htmx.config, {
  includeIndicatorStyles: false,
  allowEval: false,
  allowScriptTags: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
  scrollIntoViewOnBoost: false,
  timeout: 30000,
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "422", swap: true, error: false },
    { code: "[45]..", swap: false, error: true },
  ],
});

const token = () => {
  const meta = one("meta[name=csrf-token]");
  const field = one("input[name=csrfmiddlewaretoken]");
  return (meta && meta.content) || (field && field.value) || "";
};

const loginPath = () => document.body.dataset.login || "/accounts/login/";

/** The login opens in another tab: this page, with all that was typed, stays as it is. */
function sessionLost() {
  const next = encodeURIComponent(window.location.pathname + window.location.search);
  const link = { href: `${loginPath()}?next=${next}`, text: "重新登录", target: "_blank" };
  say(LOST, { error: true, id: "session", link });
}

/** After the login in another tab the old token is refused: the new one is fetched with this page. */
async function freshToken() {
  if (!one("[data-flash=session]")) return;
  try {
    const answer = await fetch(window.location.href, { credentials: "same-origin", headers: { Accept: "text/html" } });
    if (!answer.ok || new URL(answer.url).pathname.startsWith(loginPath())) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector("meta[name=csrf-token]");
    if (!found) return;
    const meta = one("meta[name=csrf-token]");
    if (meta) meta.content = found.content;
    document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((input) => { input.value = found.content; });
    one("[data-flash=session]").remove();
  } catch {
    // still no signal: the message stays
  }
}

/** The sentence of an error page or of problem+json. */
function sentence(request) {
  const text = request.responseText || "";
  if ((request.getResponseHeader("Content-Type") || "").includes("json")) {
    try {
      return JSON.parse(text).title;
    } catch {
      return "";
    }
  }
  const found = new DOMParser().parseFromString(text, "text/html").querySelector("[data-error]");
  return found ? found.getAttribute("data-error") : "";
}

export function startNet() {
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token();
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    // The pane of a list is hidden on a narrow screen: the link opens the page instead.
    const { target, elt } = event.detail;
    if (elt.href && target && target.offsetParent === null && target !== document.body) {
      event.preventDefault();
      window.location.assign(elt.href);
    }
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    const path = xhr.responseURL ? new URL(xhr.responseURL).pathname : "";
    if (xhr.status === 401 || path.startsWith(loginPath())) {
      event.detail.shouldSwap = false;
      event.detail.isError = false;
      sessionLost();
    }
  });
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status !== 401) say(sentence(event.detail.xhr) || BROKEN, { error: true, id: "refused" });
  });
  ["htmx:sendError", "htmx:timeout"].forEach((name) =>
    document.addEventListener(name, () => say(OFFLINE, { error: true, id: "offline" })));
  window.addEventListener("online", () => {
    const told = one("[data-flash=offline]");
    if (!told) return;
    told.remove();
    say("有信号了，可以接着办。");
  });
  window.addEventListener("focus", freshToken);
}
