/* What waits for a signal, in IndexedDB: items in their order, pictures beside them, and each person's key.

Items and pictures are sealed with AES-GCM under a key that can't be taken out of the browser. It is made from a secret
that the server tells only to the person who is signed in, and goes at sign-out: what stays is ciphertext. Where there
is no WebCrypto (http without a certificate) they lie open, and the sign-out says so. For pages and for the worker. */

const NAME = "shanzhi-queue";
const ITEMS = "items";
const PHOTOS = "photos";
const KEYS = "keys";
const SENT = "sent";
const SALT = "shanzhi.queue.1";

export const canSeal = Boolean(self.isSecureContext && self.crypto && self.crypto.subtle);

function open() {
  return new Promise((done, fail) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      const base = request.result;
      base.createObjectStore(ITEMS, { keyPath: "id", autoIncrement: true }).createIndex("key", "key");
      base.createObjectStore(PHOTOS);
      base.createObjectStore(KEYS);
      base.createObjectStore(SENT, { keyPath: "id", autoIncrement: true });
    };
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}

/** `act` gets the stores by name and may return a request, whose result is the answer once all is on the disk. */
async function run(names, mode, act) {
  const base = await open();
  try {
    return await new Promise((done, fail) => {
      const change = base.transaction(names, mode, { durability: "strict" });
      const request = act(Object.fromEntries(names.map((name) => [name, change.objectStore(name)])));
      change.oncomplete = () => done(request && request.result);
      change.onerror = () => fail(change.error);
      change.onabort = () => fail(change.error);
    });
  } finally {
    base.close();
  }
}

const photoKey = (key, number) => `${key}:${number}`;

/** Everybody's items, the oldest first; nothing where the browser keeps nothing. */
export async function everything() {
  try {
    return await run([ITEMS], "readonly", (stores) => stores[ITEMS].getAll());
  } catch {
    return [];
  }
}

export const itemsOf = async (user) => (await everything()).filter((item) => item.user === user);
export const itemById = (id) => run([ITEMS], "readonly", (stores) => stores[ITEMS].get(id));
export const save = (item) => run([ITEMS], "readwrite", (stores) => stores[ITEMS].put(item));

/** The one with this key is replaced, so that a form that is caught twice waits once. */
async function put(item, pictures) {
  const same = (await everything()).find((other) => other.key === item.key && other.user === item.user);
  await run([ITEMS, PHOTOS], "readwrite", (stores) => {
    if (same) {
      same.photos.forEach((_, number) => stores[PHOTOS].delete(photoKey(same.key, number)));
      item.id = same.id;
    }
    pictures.forEach((picture, number) => stores[PHOTOS].put(picture, photoKey(item.key, number)));
    return stores[ITEMS].put(item);
  });
  return item;
}

export const remove = (item) => run([ITEMS, PHOTOS], "readwrite", (stores) => {
  item.photos.forEach((_, number) => stores[PHOTOS].delete(photoKey(item.key, number)));
  return stores[ITEMS].delete(item.id);
});

// What became of the last ones, for the page of what waits: a sentence and an address, nothing that was written.

export const tellSent = (told) => run([SENT], "readwrite", (stores) => stores[SENT].add(told));
export const dropTold = (id) => run([SENT], "readwrite", (stores) => stores[SENT].delete(id));

export async function toldTo(user) {
  const rows = await run([SENT], "readonly", (stores) => stores[SENT].getAll());
  return rows.filter((row) => row.user === user).slice(-20);
}

// Keys ----------------------------------------------------------------------------------------------------------

export const keyFor = (user) => run([KEYS], "readonly", (stores) => stores[KEYS].get(user));

/** Made from the server's secret (base64); what lay open until now is sealed with it. */
export async function takeKey(user, secret) {
  if (!canSeal) return;
  const raw = Uint8Array.from(atob(secret), (sign) => sign.charCodeAt(0));
  const root = await crypto.subtle.importKey("raw", raw, "HKDF", false, ["deriveKey"]);
  raw.fill(0);
  const text = new TextEncoder();
  const how = { name: "HKDF", hash: "SHA-256", salt: text.encode(SALT), info: text.encode(`user:${user}`) };
  const key = await crypto.subtle.deriveKey(how, root, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  await run([KEYS], "readwrite", (stores) => stores[KEYS].put(key, user));
  await sealOpen(user);
}

export const dropKey = (user) => run([KEYS], "readwrite", (stores) => stores[KEYS].delete(user));

/** Only this person's key stays in the browser. */
export const dropOtherKeys = (user) => run([KEYS], "readwrite", (stores) => {
  const request = stores[KEYS].getAllKeys();
  request.onsuccess = () => {
    request.result.filter((other) => other !== user).forEach((other) => stores[KEYS].delete(other));
  };
  return request;
});

const bound = (item) => new TextEncoder().encode(`${item.user}\n${item.key}`);

async function sealed(key, item, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const how = { name: "AES-GCM", iv, additionalData: bound(item) };
  return { iv, data: await crypto.subtle.encrypt(how, key, bytes) };
}

const unsealed = (key, item, box) =>
  crypto.subtle.decrypt({ name: "AES-GCM", iv: box.iv, additionalData: bound(item) }, key, box.data);

/** Seal what was taken while there was no key yet; returns whether nothing of this person lies open. */
export async function sealOpen(user) {
  const key = canSeal && (await keyFor(user));
  let all = true;
  for (const item of await itemsOf(user)) {
    if (!item.open) continue;
    if (!key) {
      all = false;
      continue;
    }
    const pictures = [];
    for (let number = 0; number < item.photos.length; number += 1) pictures.push(await picture(item, number));
    await add(item, item.open, pictures);
  }
  return all;
}

/** Puts an item with its words and pictures (`{ bytes, type, name }`) on the disk, sealed if there is a key. */
export async function add(item, words, pictures) {
  const key = canSeal && (await keyFor(item.user));
  const kept = { ...item, open: null, box: null };
  if (!key) return put({ ...kept, open: words }, pictures);
  const boxes = [];
  for (const one of pictures) {
    boxes.push({ name: one.name, type: one.type, ...(await sealed(key, item, one.bytes)) });
  }
  return put({ ...kept, box: await sealed(key, item, new TextEncoder().encode(JSON.stringify(words))) }, boxes);
}

/** The words of an item; null if it is sealed and the key is not here. */
export async function wordsOf(item) {
  if (item.open) return item.open;
  const key = canSeal && (await keyFor(item.user));
  if (!key) return null;
  try {
    return JSON.parse(new TextDecoder().decode(await unsealed(key, item, item.box)));
  } catch {
    return null;
  }
}

/** `{ bytes, type, name }` of one picture. */
export async function picture(item, number) {
  const box = await run([PHOTOS], "readonly", (stores) => stores[PHOTOS].get(photoKey(item.key, number)));
  if (box.bytes) return box;
  return { name: box.name, type: box.type, bytes: await unsealed(await keyFor(item.user), item, box) };
}
