/* Work instead of a question: a worker does it while the person writes. Without one the question stays. */

import { each, one, send } from "./dom.js";

export function startProof() {
  each("[data-proof]", "szProof", (root) => {
    if (window.Worker) prove(root);
  });
}

function prove(root) {
  const form = root.closest("form");
  const state = one("[data-proof-state]", root);
  const question = one("[data-proof-question]", root);
  const nonce = one("[name=proof_nonce]", root);
  let used = null;
  let waits = false;
  const ask = () => {
    question.hidden = false;
    state.hidden = true;
    form.removeEventListener("submit", wait, true);
    if (waits) one("input", question).focus();
  };
  const wait = (event) => {
    if (nonce.value || one("[name=proof_answer]", root).value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    [used, waits] = [event.submitter || null, true];
    state.textContent = "还差几秒验证完，验证完自动发出去…";
  };
  let worker;
  try {
    worker = new Worker(root.dataset.worker);
  } catch {
    return;
  }
  worker.onerror = () => { worker.terminate(); ask(); };
  worker.onmessage = (event) => {
    worker.terminate();
    nonce.value = event.data;
    state.textContent = "验证好了。";
    if (waits) send(form, used);
  };
  question.hidden = true;
  state.hidden = false;
  form.addEventListener("submit", wait, true);
  worker.postMessage([one("[name=proof_work]", root).value, Number(root.dataset.proof)]);
}
