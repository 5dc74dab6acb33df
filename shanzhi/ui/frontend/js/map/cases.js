/* The map of cases: outlines of our own, clusters counted by the server, the list of what is seen beside it.

Panning asks for the part that is seen: marks from the API, the list as the page draws it. The rectangle stands in the
address, so that a way back leads to the same part. */

import { all, make, one } from "../dom.js";
import { say } from "../flash.js";
import { L, startMap } from "./base.js";
import { call } from "./calls.js";
import { Ground } from "./ground.js";

const PAUSE_MS = 200;
const NEAREST = 18;
const ALONE = 0.00002; // degrees: what lies so near together is one spot
const DIGITS = 5;
const WHY = {
  0: "现在没有信号，地图没有更新。有信号后再移动一下。", 401: "登录已失效，请刷新这一页，重新登录。",
};
const BROKEN = "地图没有取到，请稍后再移动一下。";

export function startCaseMap() {
  const page = one("[data-case-map]");
  if (page) new CaseMap(page).start();
}

const boxOf = (text) => {
  const [west, south, east, north] = text.split(",").map(Number);
  return L.latLngBounds([[south, west], [north, east]]);
};
const round = (number) => number.toFixed(DIGITS);
const countOf = (row) => `${row.count.toLocaleString()}${row.more ? "+" : ""}`;
const sizeOf = (row) => Math.min(64, 30 + 7 * countOf(row).length);

class CaseMap {
  constructor(page) {
    this.page = page;
    this.side = one("[data-side]", page);
    this.wait = one("[data-wait]", page);
    this.asked = 0;
    const root = one("[data-map]", page);
    root.hidden = false;
    one("[data-drawn]", page).hidden = true;
    this.map = startMap(root);
    this.map.attributionControl.setPosition("bottomleft");
    this.marks = L.layerGroup().addTo(this.map);
    this.whistles = L.layerGroup().addTo(this.map);
    this.ring = L.circleMarker([0, 0], { radius: 18, className: "cm-ring", interactive: false });
    this.ground = new Ground(this.map, page);
    this.legend = one("[data-legend]", page);
    if (this.map.getSize().x < 700) this.legend.open = false;
  }

  start() {
    if ("narrowed" in this.page.dataset) {
      this.map.fitBounds(boxOf(this.page.dataset.box).pad(-0.01), { animate: false }); // not further off
    } else {
      this.fly(this.page.dataset.home, { animate: false });
    }
    this.map.on("moveend", () => this.later());
    this.page.addEventListener("click", (event) => this.clicked(event));
    for (const name of ["mouseover", "focusin"]) this.side.addEventListener(name, (event) => this.point(event));
    this.side.addEventListener("mouseleave", () => this.ring.remove());
    all("[data-toggle]", this.page).forEach((box) => box.addEventListener("change", () => this.toggle(box)));
    this.home();
    this.load({ list: false });
  }

  /** A button that shows everything again. */
  home() {
    const button = make("button", { type: "button", class: "btn btn-outline btn-sm cm-home" }, "看全部");
    button.addEventListener("click", () => this.fly(this.page.dataset.home));
    const control = L.control({ position: "topright" });
    control.onAdd = () => {
      L.DomEvent.disableClickPropagation(button);
      return button;
    };
    control.addTo(this.map);
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load({ list: true }), PAUSE_MS);
  }

  bbox() {
    const bounds = this.map.getBounds();
    const sides = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
    const most = [180, 90, 180, 90];
    return sides.map((side, number) => round(Math.max(-most[number], Math.min(most[number], side)))).join(",");
  }

  query(more = {}) {
    const query = new URLSearchParams(window.location.search);
    for (const name of ["after", "before", "part", "bbox"]) query.delete(name);
    for (const [name, value] of Object.entries({ bbox: this.bbox(), ...more })) query.set(name, value);
    return query;
  }

  async load({ list }) {
    const turn = ++this.asked;
    this.slow = setTimeout(() => { this.wait.hidden = false; }, 400);
    const zoom = String(Math.max(0, Math.min(22, Math.floor(this.map.getZoom()))));
    this.ground.follow(this.map.getZoom());
    const path = `${this.page.dataset.api}/cases/map?${this.query({ zoom })}`;
    const [answer, rows] = await Promise.all([call(path), list ? this.rows() : null]);
    clearTimeout(this.slow);
    if (turn !== this.asked) return; // the map has moved on
    this.wait.hidden = true;
    if (!answer.ok) {
      say(WHY[answer.status] || answer.body.detail || BROKEN, { error: true, id: "map" });
      return;
    }
    this.draw(answer.body);
    if (rows) this.side.innerHTML = rows;
    if (list) window.history.replaceState(null, "", `?${this.query()}`);
    this.map.getContainer().dataset.ready = this.bbox();
  }

  /** The list of what is seen, as the page itself draws it; none without a signal. */
  async rows() {
    try {
      const answer = await fetch(`?${this.query({ part: "list" })}`, { credentials: "same-origin" });
      return answer.ok && !answer.redirected ? await answer.text() : "";
    } catch {
      return "";
    }
  }

  draw(told) {
    const focused = document.activeElement && document.activeElement.dataset && document.activeElement.dataset.mark;
    this.marks.clearLayers();
    this.whistles.clearLayers();
    for (const row of told.clusters) this.cluster(row);
    for (const row of told.points) this.single(row);
    const crowds = told.clusters.map((row) => ({ ...row, size: sizeOf(row), called: 0 }));
    for (const row of told.whistles) this.whistle(row, crowds);
    if (focused) {
      const again = one(`[data-mark="${focused}"]`, this.map.getContainer());
      if (again) again.focus({ preventScroll: true });
    }
  }

  mark(row, { kind, text, label, size, offset = 0, shift = 0, key, layer }, open) {
    const icon = L.divIcon({
      className: `cm-mark cm-k cm-k-${kind}`, html: text, iconSize: [size, size],
      iconAnchor: [size / 2 - shift, size / 2 + offset],
    });
    const marker = L.marker([row.lat, row.lon], { icon, title: label, riseOnHover: true });
    marker.on("add", () => {
      const node = marker.getElement();
      node.setAttribute("aria-label", label);
      node.dataset.mark = key;
    });
    marker.on("click", open);
    layer.addLayer(marker);
  }

  cluster(row) {
    const count = countOf(row);
    const one_spot = row.east - row.west < ALONE && row.north - row.south < ALONE;
    const label = `${count} 件${one_spot ? "在同一处，看清单" : "，放大看"}`;
    const size = sizeOf(row);
    const key = `${round(row.lon)} ${round(row.lat)}`;
    const looks = { kind: "cluster", text: count, label, size, key, layer: this.marks };
    this.mark(row, looks, () => this.into(row, one_spot));
  }

  /** Into the rectangle of a cluster; what lies at one spot is told apart by the list. */
  into(row, one_spot) {
    if (one_spot && this.map.getZoom() >= NEAREST) {
      const first = one("[data-open]", this.side);
      if (first) first.focus();
      return;
    }
    const bounds = L.latLngBounds([[row.south, row.west], [row.north, row.east]]);
    this.map.fitBounds(bounds.pad(0.15), { maxZoom: one_spot ? NEAREST : 19 });
  }

  single(row) {
    const words = [row.title, row.state_label, row.late ? "已超期" : "", row.urgent ? "有人身危险" : ""];
    const label = words.filter(Boolean).join("，");
    const kind = row.late ? "late" : "point";
    const text = row.urgent ? "!" : "";
    this.mark(row, { kind, text, label, size: 20, key: row.number, layer: this.marks }, () => this.open(row.number));
  }

  /** Above the mark of its case; where that is one of many, on the edge of theirs, beside the others called there. */
  whistle(row, crowds) {
    const at = this.map.latLngToContainerPoint([row.lat, row.lon]);
    const crowd = crowds.find((one) => at.distanceTo(this.map.latLngToContainerPoint([one.lat, one.lon])) < one.size);
    const place = crowd ? { offset: crowd.size / 2 + 13, shift: 18 * crowd.called } : { offset: 34 };
    if (crowd) crowd.called += 1;
    const label = `${row.title}，吹哨后没到：${row.units.join("、")}`;
    const kind = "whistle";
    const spot = crowd ? { lat: crowd.lat, lon: crowd.lon } : row;
    this.mark(spot, { kind, text: "哨", label, size: 26, ...place, key: `w${row.number}`, layer: this.whistles },
      () => this.open(row.number));
  }

  open(number) {
    window.location.assign(`${this.page.dataset.cases}${number}/`);
  }

  /** Beside the legend, where there is room for both. */
  fly(text, options = {}) {
    const beside = this.legend.open && this.map.getSize().x > 2 * this.legend.offsetWidth;
    const paddingBottomRight = [beside ? this.legend.offsetWidth : 0, 0];
    this.map.fitBounds(boxOf(text), { maxZoom: 19, paddingBottomRight, ...options });
  }

  /** Links that only move the map move it; those that filter take the part that is seen with them. */
  clicked(event) {
    const link = event.target.closest("a[href]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.dataset.box) {
      event.preventDefault();
      this.fly(link.dataset.box);
    } else if ("show" in link.dataset) {
      event.preventDefault();
      this.fly(new URLSearchParams(link.getAttribute("href")).get("bbox"));
      this.show(link.closest("[data-row]"));
    } else if (link.closest("[data-filters]") || "keep" in link.dataset) {
      const query = new URLSearchParams(link.getAttribute("href"));
      query.set("bbox", this.bbox());
      link.href = `?${query}`;
    }
  }

  point(event) {
    const row = event.target.closest("[data-row]");
    if (row) this.show(row);
  }

  show(row) {
    if (row && row.dataset.lon) this.ring.setLatLng([row.dataset.lat, row.dataset.lon]).addTo(this.map);
  }

  toggle(box) {
    if (box.dataset.toggle === "colour") this.ground.colour(box.checked);
    else if (box.checked) this.whistles.addTo(this.map);
    else this.whistles.remove();
  }
}
