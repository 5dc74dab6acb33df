/* Layers of places: one for each level, drawn one above the other, each place to be chosen by mouse or from a list. */

import { L } from "./base.js";

export const LEVELS = ["county", "township", "village", "grid"];
/* Colours stand in the style sheet: Leaflet only sets the class. */
const NAMES = { county: "县界", township: "乡镇", village: "村", grid: "网格" };
const SMALL_PX = 120;
const NAMED_FROM = { township: 10, village: 12, grid: 13.5 };

export const nameOf = (level) => NAMES[level] || level;

export class Places {
  /** `onChoose(feature)` is called when a place of the level in work is clicked. */
  constructor(map, onChoose) {
    this.map = map;
    this.onChoose = onChoose;
    this.groups = {};
    this.byCode = {};
    this.chosen = null;
    this.level = "grid";
    for (const level of LEVELS) {
      const pane = map.createPane(`sz-${level}`);
      pane.classList.add("map-pane", `map-pane-${level}`);
      this.groups[level] = L.featureGroup([], { pane: `sz-${level}` }).addTo(map);
    }
    map.on("zoomend", () => this.name());
  }

  /** Puts the features of a GeoJSON collection in place of those of their level. */
  show(collection) {
    for (const level of LEVELS) {
      const rows = collection.features.filter((one) => one.properties.level === level);
      this.groups[level].clearLayers();
      for (const row of rows) this.add(row);
    }
    this.name();
  }

  add(row) {
    const { level, code, name } = row.properties;
    const layer = L.geoJSON(row, {
      pane: `sz-${level}`, interactive: level !== "county",
      style: () => ({ className: `map-area map-${level}`, weight: level === "grid" ? 1.5 : 2, pmIgnore: true }),
    }).getLayers()[0];
    layer.szFeature = row;
    layer.bindTooltip(name, { direction: "center", className: "map-name", sticky: true });
    layer.on("click", (event) => {
      if (level !== this.level || this.map.pm?.globalDrawModeEnabled()) return; // a corner of what is being drawn
      L.DomEvent.stopPropagation(event);
      this.onChoose(row);
    });
    this.groups[level].addLayer(layer);
    this.byCode[code] = layer;
    return layer;
  }

  /** The level that clicks choose from: its outlines take the pointer, those of other levels let it through. */
  work(level) {
    this.level = level;
    this.map.getContainer().dataset.level = level;
    this.name();
  }

  /** Names stand in the places of the level in work, once there is room for them. */
  name() {
    const wanted = this.map.getZoom() >= (NAMED_FROM[this.level] || 99);
    for (const level of LEVELS) {
      this.groups[level].eachLayer((layer) => {
        const permanent = wanted && level === this.level;
        const tip = layer.getTooltip();
        if (!tip || Boolean(tip.options.permanent) === permanent) return;
        const { name } = layer.szFeature.properties;
        layer.unbindTooltip();
        layer.bindTooltip(name, { direction: "center", className: "map-name", permanent, sticky: !permanent });
      });
    }
  }

  /** Marks one place and moves the map to it if it is not to be seen. */
  choose(code, { move = true } = {}) {
    if (this.chosen) this.mark(this.chosen, false);
    this.chosen = code;
    const layer = this.byCode[code];
    if (!layer) return null;
    this.mark(code, true);
    layer.bringToFront();
    if (move && (!this.map.getBounds().contains(layer.getBounds()) || this.isSmall(layer))) {
      this.map.fitBounds(layer.getBounds().pad(0.8), { maxZoom: 16, animate: false });
    }
    return layer;
  }

  isSmall(layer) {
    const bounds = layer.getBounds();
    const low = this.map.latLngToContainerPoint(bounds.getSouthWest());
    const high = this.map.latLngToContainerPoint(bounds.getNorthEast());
    return Math.max(high.x - low.x, low.y - high.y) < SMALL_PX;
  }

  mark(code, on) {
    const layer = this.byCode[code];
    const node = layer && layer.getElement && layer.getElement();
    if (node) node.classList.toggle("map-chosen", on);
  }

  hide(level, hidden) {
    if (hidden) this.groups[level].remove();
    else this.groups[level].addTo(this.map);
  }

  has(level) {
    return this.groups[level].getLayers().length > 0;
  }
}
