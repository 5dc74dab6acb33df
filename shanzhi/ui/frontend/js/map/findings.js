/* What is wrong with outlines: a sentence each in a list, and the place itself on the map. */

import { icon, make } from "../dom.js";
import { L } from "./base.js";

const ICONS = { error: "alert-circle", warning: "alert-triangle", note: "info-circle" };

export class Findings {
  constructor(map, list) {
    this.map = map;
    this.list = list;
    const pane = map.createPane("sz-findings");
    pane.classList.add("map-pane-findings");
    this.group = L.featureGroup([]).addTo(map);
  }

  clear() {
    this.group.clearLayers();
    this.list.replaceChildren();
    this.list.hidden = true;
  }

  show(rows) {
    this.clear();
    for (const row of rows) this.list.append(this.line(row));
    this.list.hidden = rows.length === 0;
  }

  line(row) {
    const layer = this.draw(row);
    const words = [icon(ICONS[row.severity] || "info-circle"), make("span", {}, row.sentence)];
    if (!layer) return make("li", { class: `finding finding-${row.severity}` }, ...words);
    const button = make("button", { type: "button", class: "finding-show" }, ...words);
    button.addEventListener("click", () => this.look(layer));
    return make("li", { class: `finding finding-${row.severity}` }, button);
  }

  /** Where it is: an area hatched, a point as a ring. */
  draw(row) {
    if (!row.geometry) return null;
    const layer = L.geoJSON(row.geometry, {
      pane: "sz-findings", pmIgnore: true,
      style: () => ({ className: `map-finding map-finding-${row.severity}`, weight: 3, pmIgnore: true }),
      pointToLayer: (feature, at) => L.circleMarker(at, {
        pane: "sz-findings", radius: 11, className: `map-finding map-finding-${row.severity}`, pmIgnore: true,
      }),
    });
    layer.bindTooltip(row.sentence, { sticky: true, className: "map-name" });
    this.group.addLayer(layer);
    return layer;
  }

  look(layer) {
    this.map.fitBounds(layer.getBounds().pad(0.6), { maxZoom: 17 });
    layer.openTooltip(layer.getBounds().getCenter());
  }
}
