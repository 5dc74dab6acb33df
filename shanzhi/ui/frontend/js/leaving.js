/* Signing out of a phone asks first, if something in it was not sent: the next person must not find it.

What waits may stay as ciphertext until its owner comes back; drafts, and what could not be sealed, are thrown away. */

import { one, send } from "./dom.js";
import { say } from "./flash.js";
import { forgetPerson } from "./keep.js";
import { canSeal, itemsOf, keyFor, remove, sealOpen } from "./queue-store.js";

const STAY = "退出后会删掉，免得下一个用手机的人看到。";
const LOCKED = "可以锁在手机里：别人打不开，你下次在这部手机上登录后自动上传。也可以删掉。";
const OPEN = "这个浏览器不能加密，留着会让下一个用手机的人看到，所以退出就要删掉。";

export function askBeforeLeaving(form, drafts, forget) {
  form.addEventListener("submit", async (event) => {
    if (form.dataset.asked) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (navigator.onLine === false) {
      say("现在没有信号，退不出去。有信号后再退出。", { error: true, id: "offline" });
      return;
    }
    const user = document.body.dataset.user || "";
    const waiting = user ? await itemsOf(user) : [];
    const go = async () => {
      drafts().forEach(forget);
      await forgetPerson(user);
      form.dataset.asked = "1";
      send(form);
    };
    const dialog = one("dialog[data-ask-drafts]");
    if ((!drafts().length && !waiting.length) || !dialog || !dialog.showModal) await go();
    else await ask(dialog, { user, waiting, written: drafts().length, go });
  });
}

async function ask(dialog, { user, waiting, written, go }) {
  const locks = waiting.length > 0 && canSeal && Boolean(await keyFor(user));
  if (waiting.length) {
    one("[data-ask-title]", dialog).textContent = `手机里还有 ${waiting.length} 条没有上传`;
    one("[data-ask-words]", dialog).textContent = (locks ? LOCKED : OPEN) + (written ? "没写完的草稿会删掉。" : "");
  } else {
    one("[data-ask-words]", dialog).textContent = STAY;
  }
  const keep = one("[data-ask-keep]", dialog);
  keep.hidden = !locks;
  keep.onclick = async () => {
    if (!(await sealOpen(user))) return;
    dialog.close();
    await go();
  };
  one("[data-ask-go]", dialog).onclick = async () => {
    for (const item of waiting) await remove(item);
    dialog.close();
    await go();
  };
  one("[data-ask-stay]", dialog).onclick = () => dialog.close();
  dialog.showModal();
}
