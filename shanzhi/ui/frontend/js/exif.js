/* Where and when a picture was taken, read from the EXIF block of a JPEG before the picture is shrunk. */

const TAG = { gps: 0x8825, exif: 0x8769, takenAt: 0x9003, latRef: 1, lat: 2, lonRef: 3, lon: 4 };
const HEAD_BYTES = 256 * 1024;

/** `{ lon, lat, taken_at }`, each only if it is there; never throws. Degrees of WGS84; the time has no zone. */
export async function readExif(file) {
  try {
    const view = new DataView(await file.slice(0, HEAD_BYTES).arrayBuffer());
    const start = tiffStart(view);
    return start < 0 ? {} : readTiff(view, start);
  } catch {
    return {};
  }
}

function tiffStart(view) {
  if (view.getUint16(0) !== 0xffd8) return -1;
  for (let at = 2; at + 10 < view.byteLength;) {
    const marker = view.getUint16(at);
    if (marker === 0xffe1 && view.getUint32(at + 4) === 0x45786966) return at + 10;
    if ((marker & 0xff00) !== 0xff00 || marker === 0xffda) return -1;
    at += 2 + view.getUint16(at + 2);
  }
  return -1;
}

function readTiff(view, start) {
  const little = view.getUint16(start) === 0x4949;
  const u16 = (at) => view.getUint16(start + at, little);
  const u32 = (at) => view.getUint32(start + at, little);
  const entries = (at) => {
    const found = new Map();
    for (let i = 0; i < u16(at); i += 1) found.set(u16(at + 2 + i * 12), at + 2 + i * 12);
    return found;
  };
  const text = (entry) => {
    const length = u32(entry + 4);
    const at = length > 4 ? u32(entry + 8) : entry + 8;
    let words = "";
    for (let i = 0; i < length - 1; i += 1) words += String.fromCharCode(view.getUint8(start + at + i));
    return words;
  };
  const degrees = (entry) => {
    const at = u32(entry + 8);
    const part = (i) => u32(at + i * 8) / u32(at + i * 8 + 4);
    return part(0) + part(1) / 60 + part(2) / 3600;
  };
  const root = entries(u32(4));
  const found = {};
  if (root.has(TAG.exif)) {
    const exif = entries(u32(root.get(TAG.exif) + 8));
    const taken = exif.has(TAG.takenAt) ? text(exif.get(TAG.takenAt)) : "";
    const parts = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/.exec(taken);
    if (parts) found.taken_at = `${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}`;
  }
  if (root.has(TAG.gps)) {
    const gps = entries(u32(root.get(TAG.gps) + 8));
    if (gps.has(TAG.lat) && gps.has(TAG.lon)) {
      const lat = degrees(gps.get(TAG.lat)) * (gps.has(TAG.latRef) && text(gps.get(TAG.latRef)) === "S" ? -1 : 1);
      const lon = degrees(gps.get(TAG.lon)) * (gps.has(TAG.lonRef) && text(gps.get(TAG.lonRef)) === "W" ? -1 : 1);
      if (Number.isFinite(lat) && Number.isFinite(lon) && (lat || lon)) {
        found.lat = Number(lat.toFixed(7));
        found.lon = Number(lon.toFixed(7));
      }
    }
  }
  return found;
}
