/* How far away things are: reckoned in this phone, whose position goes nowhere. */

import { all, make, one } from "./dom.js";

const RADIUS = 6371000;
const rad = (degrees) => (degrees * Math.PI) / 180;

export function metres(a, b) {
  const [lat, lon] = [rad(b.lat - a.lat), rad(b.lon - a.lon)];
  const h = Math.sin(lat / 2) ** 2 + Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.sin(lon / 2) ** 2;
  return 2 * RADIUS * Math.asin(Math.sqrt(h));
}

/** 离你 320 米, 离你 1.2 公里; ten metres are the best that a phone knows. */
export function nearWords(distance) {
  if (distance < 1000) return `离你 ${Math.max(10, Math.round(distance / 10) * 10)} 米`;
  return `离你 ${distance < 100000 ? (distance / 1000).toFixed(1) : Math.round(distance / 1000)} 公里`;
}

let here = null;

export async function startNear() {
  document.addEventListener("sz:fresh", () => (here ? show() : offer()));
  await offer();
}

/** Asked for at a tap; where it is allowed already the distance stands there by itself. */
async function offer() {
  if (!one("[data-near]") || !navigator.geolocation || !navigator.permissions) return;
  const allowed = await navigator.permissions.query({ name: "geolocation" }).catch(() => null);
  if (!allowed || allowed.state === "denied") return;
  if (allowed.state === "granted") {
    locate();
    return;
  }
  const bar = one(".seg");
  if (!bar || one("[data-near-ask]")) return;
  const button = make("button", { class: "btn btn-quiet near-ask", type: "button", "data-near-ask": true }, "看离我多远");
  button.addEventListener("click", () => { button.remove(); locate(); });
  bar.after(button);
}

function locate() {
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    here = { lat: coords.latitude, lon: coords.longitude };
    show();
  }, () => {}, { maximumAge: 60000, timeout: 15000 });
}

function show() {
  for (const node of all("[data-near]")) {
    const [lon, lat] = node.dataset.near.split(" ").map(Number);
    node.textContent = `·${nearWords(metres(here, { lat, lon }))}`;
  }
}
