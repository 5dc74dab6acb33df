/* Requests of a map to the API of its county: JSON there and back, refusals as their one sentence. */

import { one } from "../dom.js";

const OFFLINE = "现在没有信号，画的内容没有丢。有信号后再试。";
const LOST = "登录已失效，画的内容还在。请在另一个标签页登录，再回来保存。";
const BROKEN = "系统出了问题，画的内容没有丢，请稍后再试。";

const token = () => {
  const meta = one("meta[name=csrf-token]");
  return meta ? meta.content : "";
};

/** `{ ok, status, body, words }`; never throws. */
export async function call(path, body = null, key = "") {
  const headers = { Accept: "application/json" };
  if (body) Object.assign(headers, { "Content-Type": "application/json", "X-CSRFToken": token() });
  if (key) headers["Idempotency-Key"] = key;
  try {
    const answer = await fetch(path, {
      method: body ? "POST" : "GET", headers, credentials: "same-origin", body: body ? JSON.stringify(body) : null,
    });
    const told = await answer.json().catch(() => ({}));
    const words = answer.ok ? "" : answer.status === 401 ? LOST : told.detail || BROKEN;
    return { ok: answer.ok, status: answer.status, body: told, words };
  } catch {
    return { ok: false, status: 0, body: {}, words: OFFLINE };
  }
}

/** A key for one intention: the same until it has succeeded. */
export const newKey = () => {
  const numbers = new Uint32Array(4);
  crypto.getRandomValues(numbers);
  return Array.from(numbers, (number) => number.toString(16).padStart(8, "0")).join("");
};
