/* Pictures of drafts, in IndexedDB. Every call is quiet where a browser has none: a draft is a help, not a promise. */

const NAME = "shanzhi";
const TABLE = "draft-photos";

function open() {
  return new Promise((done, fail) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(TABLE);
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}

async function run(mode, act) {
  try {
    const base = await open();
    return await new Promise((done, fail) => {
      const change = base.transaction(TABLE, mode);
      const request = act(change.objectStore(TABLE));
      change.oncomplete = () => { base.close(); done(request.result); };
      change.onerror = () => { base.close(); fail(change.error); };
    });
  } catch {
    return undefined;
  }
}

export const keepPhotos = (key, items) =>
  run("readwrite", (table) => (items.length ? table.put(items, key) : table.delete(key)));
export const takePhotos = async (key) => (await run("readonly", (table) => table.get(key))) || [];
export const dropPhotos = (key) => run("readwrite", (table) => table.delete(key));
