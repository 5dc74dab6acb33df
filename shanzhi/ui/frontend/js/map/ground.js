/* What the cases lie on: outlines of the level that fits the zoom, coloured by what is open there, for each hundred
households where their number is known, or in all. */

import { all, one } from "../dom.js";
import { L } from "./base.js";
import { call } from "./calls.js";

const LEVELS = ["township", "village", "grid"];
const FROM = { village: 11.5, grid: 13.5 };
const STEPS = { count: [1, 3, 10, 30], hundred: [0.005, 0.5, 1, 2] };
const LETTER_PX = 13;

const VALUE = { count: (row) => row.count, hundred: (row) => row.per_hundred };
const isKnown = (row) => row.per_hundred !== null;

/** The class of a place: a colour, or that nothing is known. */
function looksOf(row, by) {
  if (!row) return "";
  const value = VALUE[by](row);
  return value === null ? "cm-unknown" : `cm-open-${STEPS[by].filter((least) => value >= least).length}`;
}

function wordsOf(row, by) {
  if (!row) return "";
  const more = row.more ? "+" : "";
  if (by === "count") return `${row.count}${more} 件`;
  return isKnown(row) ? `每百户 ${row.per_hundred}${more} 件` : "";
}

export class Ground {
  constructor(map, page) {
    this.map = map;
    this.api = page.dataset.api;
    this.unit = one("[data-unit]", page);
    this.levels = one("[data-levels]", page).content;
    this.level = "";
    this.loaded = {};
    this.told = [];
    this.chosen = "";
    this.ways = all("[name=colour-by]", page);
    this.steps = all("[data-steps]", page);
    this.known = one("[data-known]", page);
    this.ways.forEach((way) => way.addEventListener("change", () => {
      this.chosen = way.value;
      this.paint();
    }));
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
    this.told = answer.ok ? answer.body.items : [];
    this.group.clearLayers();
    this.outline(rows, this.group, Object.fromEntries(this.told.map((row) => [row.code, row])));
    this.unit.textContent = one(`[data-level="${wanted}"]`, this.levels).textContent;
    this.paint();
  }

  /** As the reader chose; else by households as soon as some are known. */
  paint() {
    const known = this.told.filter(isKnown).length;
    const by = known && this.chosen !== "count" ? "hundred" : "count";
    for (const way of this.ways) {
      way.disabled = way.value === "hundred" && !known;
      way.checked = way.value === by;
    }
    for (const list of this.steps) list.hidden = list.dataset.steps !== by;
    const without = this.told.length - known;
    this.known.textContent = without ? `${this.told.length} 处里有 ${without} 处没有登记户数。` : "户数都登记了。";
    this.group.eachLayer((layer) => {
      layer.szCount = wordsOf(layer.szRow, by);
      const node = layer.getElement();
      if (!node) return;
      node.classList.remove(...[...node.classList].filter((name) => /^cm-(open-|unknown)/.test(name)));
      const looks = looksOf(layer.szRow, by);
      if (looks) node.classList.add(looks);
    });
    this.name();
  }

  outline(rows, group, open) {
    for (const row of rows) {
      const { code, level, name } = row.properties;
      const layer = L.geoJSON(row, {
        pane: "cm-lines", interactive: false,
        style: () => ({ className: `map-area map-${level} cm-area`, pmIgnore: true }),
      }).getLayers()[0];
      layer.szName = name;
      layer.szRow = open[code];
      layer.szCount = "";
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
