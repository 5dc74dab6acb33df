/* The position of this phone, taken at the tap and never followed. */

import { each, one } from "./dom.js";

const OPTIONS = { enableHighAccuracy: true, timeout: 15000, maximumAge: 10000 };
const REASONS = {
  1: "没有取到位置：手机没有允许。可以在下面写清楚地点",
  2: "没有取到位置：现在没有定位信号。可以在下面写清楚地点",
  3: "取位置用时太久，请再试一次，或在下面写清楚地点",
};

export function startPlace() {
  each("[data-place]", "szPlace", (root) => {
    const button = one("[data-locate]", root);
    const form = root.closest("form");
    if (!button) return;
    if (!navigator.geolocation) {
      button.hidden = true;
      return;
    }
    button.addEventListener("click", () => locate(root, form, button));
    if (form) form.addEventListener("sz:photos", (event) => fromPhotos(root, form, event.target));
  });
}

function locate(root, form, button) {
  const label = one("[data-locate-label]", root);
  button.setAttribute("aria-busy", "true");
  label.textContent = "正在取位置…";
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      button.removeAttribute("aria-busy");
      fill(root, form, coords.longitude, coords.latitude, Math.round(coords.accuracy));
      note(root, `已取到当前位置`);
    },
    (error) => {
      button.removeAttribute("aria-busy");
      label.textContent = one("[data-lon]", root).value ? "改位置" : "取当前位置";
      note(root, REASONS[error.code] || REASONS[2]);
    },
    OPTIONS,
  );
}

/** A picture that knows where it was taken gives the place, if the person gave none. */
function fromPhotos(root, form, picker) {
  if (one("[data-lon]", root).value || !picker.szFiles) return;
  const found = picker.szFiles().map(({ meta }) => meta).find((meta) => meta && meta.lon != null);
  if (!found) return;
  fill(root, form, found.lon, found.lat, null);
  note(root, "按照片里的位置填的，可以改");
}

function fill(root, form, lon, lat, accuracy) {
  one("[data-lon]", root).value = lon.toFixed(7);
  one("[data-lat]", root).value = lat.toFixed(7);
  one("[data-accuracy]", root).value = accuracy == null ? "" : accuracy;
  const label = one("[data-locate-label]", root);
  if (label) label.textContent = "改位置";
  const near = form && one("[data-place-accuracy]", form);
  if (near) near.textContent = accuracy == null ? "" : `误差约 ${accuracy} 米`;
  root.dispatchEvent(new CustomEvent("sz:place", { bubbles: true }));
}

function note(root, words) {
  const line = one("[data-place-note]", root);
  if (line) line.textContent = words;
}
