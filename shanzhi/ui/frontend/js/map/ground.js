/* What the cases lie on: outlines of the level that fits the zoom, coloured by what is open there. */

import { one } from "../dom.js";
import { L } from "./base.js";
import { call } from "./calls.js";

const LEVELS = ["township", "village", "grid"];
const FROM = { village: 11.5, grid: 13.5 };
const STEPS = [1, 3, 10, 30];
const LETTER_PX = 13;

const stepOf = (count) => STEPS.filter((least) => count >= least).length;

export class Ground {
  constructor(map, page) {
    this.map = map;
    this.api = page.dataset.api;
    this.unit = one("[data-unit]", page);
    this.levels = one("[data-levels]", page).content;
    this.level = "";
    this.loaded = {};
    this.coloured = true;
    this.lines = map.createPane("cm-lines");
    this.lines.style.zIndex = 390;
    map.createPane("cm-names").style.zIndex = 450; // below the marks
    this.group = L.featureGroup([]).addTo(map);
    this.frame = L.featureGroup([]).addTo(map);
    this.load("county").then((rows) => this.outline(rows, this.frame, {}));
    map.on("zoomend", () => this.name());
  }

  async load(level) {
    if (!this.loaded[level]) this.loaded[level] = call(`${this.api}/outlines?level=${level}`);
    const answer = await this.loaded[level];
    if (!answer.ok) delete this.loaded[level];
    return answer.ok ? answer.body.features : [];
  }

  /** The level for a zoom; one that has no outlines gives way to the one above it. */
  async follow(zoom) {
    let wanted = zoom >= FROM.grid ? "grid" : zoom >= FROM.village ? "village" : "township";
    let rows = await this.load(wanted);
    while (!rows.length && wanted !== LEVELS[0]) {
      wanted = LEVELS[LEVELS.indexOf(wanted) - 1];
      rows = await this.load(wanted);
    }
    if (wanted === this.level || !rows.length) return;
    this.level = wanted;
    const answer = await call(`${this.api}/cases/map/areas?level=${wanted}`);
    if (this.level !== wanted) return;
    const told = answer.ok ? answer.body.items : [];
    this.group.clearLayers();
    this.outline(rows, this.group, Object.fromEntries(told.map((row) => [row.code, row])));
    this.unit.textContent = one(`[data-level="${wanted}"]`, this.levels).textContent;
    this.name();
  }

  outline(rows, group, open) {
    for (const row of rows) {
      const { code, level, name } = row.properties;
      const here = open[code];
      const step = here ? ` cm-open-${stepOf(here.count)}` : "";
      const layer = L.geoJSON(row, {
        pane: "cm-lines", interactive: false,
        style: () => ({ className: `map-area map-${level} cm-area${step}`, pmIgnore: true }),
      }).getLayers()[0];
      layer.szName = name;
      layer.szCount = here ? `${here.count}${here.more ? "+" : ""} 件` : "";
      group.addLayer(layer);
    }
  }

  /** Names stand where there is room for them. */
  name() {
    this.group.eachLayer((layer) => {
      const bounds = layer.getBounds();
      const wide = this.map.latLngToContainerPoint(bounds.getNorthEast()).x
        - this.map.latLngToContainerPoint(bounds.getSouthWest()).x;
      if (layer.getTooltip()) layer.unbindTooltip();
      const words = [`${layer.szName} ${layer.szCount}`.trim(), layer.szName, layer.szCount]
        .find((text) => text && text.length * LETTER_PX < wide);
      if (!words) return;
      layer.bindTooltip(words, {
        pane: "cm-names", direction: "center", className: "map-name cm-name", permanent: true, interactive: false,
      });
    });
  }

  colour(on) {
    this.lines.classList.toggle("cm-plain", !on);
  }
}
