/* A form that is filled in becomes an item of the queue. Runs in pages and in the worker that caught a lost form. */

import { add } from "./queue-store.js";

const LEFT_OUT = new Set(["csrfmiddlewaretoken", "photo_meta", "queued", "photos", "back"]);
const FORMS = /^\/(\d{6})\/(?:cases\/(new|[\d-]+\/[a-z-]+)|visits\/(\d+))\/$/;
// These show or print something: there is nothing to do later.
const NEVER = /\/(reveals|receipts?|papers|colleagues|export|kind-fields)\/$/;

/** `{ county, number }` of an address that takes a form which may wait; null for every other. */
export function place(path) {
  const found = FORMS.exec(path);
  if (!found || NEVER.test(path)) return null;
  // What is in order: the steps of one case, the visits to one person.
  if (found[3]) return { county: found[1], number: `v${found[3]}` };
  return { county: found[1], number: found[2] === "new" ? "" : found[2].split("/")[0] };
}

function metas(data) {
  try {
    const rows = JSON.parse(data.get("photo_meta") || "[]");
    return Array.isArray(rows) ? rows : [];
  } catch {
    return [];
  }
}

/** What a form says, apart from its pictures: `about` is `{ user, what, draft, at }`. */
export async function addForm(path, data, about) {
  const where = place(path);
  const known = metas(data);
  const fields = [];
  const photos = [];
  const pictures = [];
  for (const [name, value] of data.entries()) {
    if (typeof value === "string") {
      if (!LEFT_OUT.has(name)) fields.push([name, value]);
    } else if (value.size) {
      photos.push({ field: name, up: "", turn: 0 });
      pictures.push({ name: value.name, type: value.type, bytes: await value.arrayBuffer() });
    }
  }
  const facts = photos.map((photo) => (photo.field === "photos" && known.shift()) || {});
  const item = {
    user: about.user, key: data.get("idempotency_key"), county: where.county, number: where.number, path,
    what: about.what, draft: about.draft, at: about.at, state: "waiting", words: "", fields: {}, tries: 0, photos,
  };
  return add(item, { fields, facts, said: said(fields) }, pictures);
}

/** The first words that were written, to know the item again by. */
function said(fields) {
  const found = fields.find(([name, value]) => ["body", "text", "note"].includes(name) && value.trim());
  return found ? found[1].trim().slice(0, 60) : "";
}
