/* Drawing and moving outlines with snapping. What was changed is kept here until it is saved or given up.

Corners that neighbours share move together, so that a border stays one line; a polygon is an outline of the place that
was chosen before it was drawn. */

import "@geoman-io/leaflet-geoman-free";
import { L } from "./base.js";

const SNAP = { snappable: true, snapDistance: 14, allowSelfIntersection: true, snapMiddle: false };
const LOOK = {
  templineStyle: { className: "map-draft" }, hintlineStyle: { className: "map-draft map-draft-next" },
  pathOptions: { className: "map-area map-drawn" },
};

export class Editor {
  constructor(map, places, told) {
    this.map = map;
    this.places = places;
    this.told = told;
    this.changed = new Map();
    this.editing = null;
    this.wanted = null;
    map.pm.setLang("zh");
    map.pm.setGlobalOptions({ layerGroup: null });
    map.on("pm:create", (event) => this.drawn(event));
    map.on("pm:drawend", () => this.told());
  }

  get busy() {
    return this.map.pm.globalDrawModeEnabled();
  }

  get count() {
    return this.changed.size;
  }

  /** Draws an outline of a place that has none, or a new one for one that has. */
  draw(place) {
    this.rest();
    this.wanted = { kind: "outline", place };
    this.map.pm.enableDraw("Polygon", { ...SNAP, ...LOOK, continueDrawing: false });
    this.told();
  }

  /** Draws a line; `use(points)` gets its [longitude, latitude] pairs. */
  line(use) {
    this.rest();
    this.wanted = { kind: "line", use };
    this.map.pm.enableDraw("Line", { ...SNAP, ...LOOK, continueDrawing: false });
    this.told();
  }

  drawn({ layer }) {
    const { wanted } = this;
    this.wanted = null;
    const told = layer.toGeoJSON(7);
    layer.remove();
    if (!wanted) return;
    if (wanted.kind === "line") {
      wanted.use(told.geometry.coordinates);
      return;
    }
    this.replace(wanted.place, told.geometry);
    this.edit(wanted.place.code);
  }

  replace(place, geometry) {
    const old = this.places.byCode[place.code];
    if (old) this.places.groups[place.level].removeLayer(old);
    const feature = { type: "Feature", id: place.code, geometry, properties: { ...place } };
    const layer = this.places.add(feature);
    this.touch(place.code);
    this.places.choose(place.code, { move: false });
    return layer;
  }

  /** Shows the corners of one place; the corners of its neighbours that are the same ones go along. */
  edit(code) {
    this.rest();
    const layer = this.places.byCode[code];
    if (!layer) return;
    this.editing = layer;
    layer.pm.enable({ ...SNAP, draggable: false, removeLayerBelowMinVertexCount: false });
    layer.on("pm:markerdragstart", this.grip, this);
    layer.on("pm:markerdragend", this.drop, this);
    layer.on("pm:vertexadded pm:vertexremoved", () => this.touch(code), this);
    this.told();
  }

  grip({ markerEvent }) {
    this.from = L.latLng(markerEvent.target.getLatLng());
    const { lat, lng } = this.from;
    this.shared = [];
    const { level, code } = this.editing.szFeature.properties;
    this.places.groups[level].eachLayer((other) => {
      if (other === this.editing) return;
      const points = corners(other).filter((point) => point.lat === lat && point.lng === lng);
      if (points.length) this.shared.push({ other, points });
    });
    this.touch(code);
  }

  drop({ markerEvent }) {
    const { lat, lng } = markerEvent.target.getLatLng();
    for (const { other, points } of this.shared || []) {
      for (const point of points) Object.assign(point, { lat, lng });
      other.redraw();
      this.touch(other.szFeature.properties.code);
    }
    this.shared = [];
    this.told();
  }

  touch(code) {
    const layer = this.places.byCode[code];
    this.changed.set(code, layer);
    const node = layer.getElement();
    if (node) node.classList.add("map-drawn");
    this.told();
  }

  /** Ends whatever is under way; what was changed stays. */
  rest() {
    this.map.pm.disableDraw();
    if (this.editing) {
      this.editing.pm.disable();
      this.editing.off("pm:markerdragstart pm:markerdragend pm:vertexadded pm:vertexremoved");
      this.editing = null;
    }
  }

  /** What is to be saved, as the API takes it. */
  shapes() {
    return Array.from(this.changed, ([code, layer]) => ({
      code, seen: layer.szFeature.properties.seen || "", geometry: layer.toGeoJSON(7).geometry,
    }));
  }

  saved() {
    this.rest();
    this.changed.clear();
    this.told();
  }
}

function corners(layer) {
  const flat = [];
  const walk = (part) => (Array.isArray(part) ? part.forEach(walk) : flat.push(part));
  walk(layer.getLatLngs());
  return flat;
}
