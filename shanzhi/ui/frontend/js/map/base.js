/* A map of our own layers: no tile server unless the installation has a key of 天地图.

Every page with a map starts here: `startMap(root)` with root = `<div data-map data-key="…">`. The size comes from the
stylesheet; Leaflet writes positions through the object model, which the policy of the pages allows. */

import L from "leaflet";

const CHINA = [[18, 73], [54, 135]];
const HOSTS = ["0", "1", "2", "3", "4", "5", "6", "7"];
const WORDS = {
  zoomInTitle: "放大", zoomOutTitle: "缩小", zoomInText: "＋", zoomOutText: "－",
};

/** Below our own: the streets of 天地图, in the same datum as everything that is stored here. */
function tianditu(kind, key) {
  const url = `https://t{s}.tianditu.gov.cn/${kind}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0`
    + `&LAYER=${kind}&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles`
    + `&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=${encodeURIComponent(key)}`;
  return L.tileLayer(url, { subdomains: HOSTS, maxZoom: 18, attribution: "天地图" });
}

export function startMap(root) {
  const map = L.map(root, {
    zoomControl: false, attributionControl: true, minZoom: 4, maxZoom: 19, zoomSnap: 0.25, maxBoundsViscosity: 1,
    maxBounds: [[0, 60], [60, 150]], preferCanvas: false,
  });
  map.attributionControl.setPrefix(false);
  L.control.zoom({ position: "topright", ...WORDS }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
  map.fitBounds(CHINA);
  const key = root.dataset.key || "";
  if (key) {
    tianditu("vec", key).addTo(map);
    tianditu("cva", key).addTo(map);
  }
  // Corners to drag are for a pointer: without a name they would only be noise to somebody who listens.
  map.on("layeradd", ({ layer }) => {
    const icon = layer instanceof L.Marker && layer.getElement();
    if (!icon || icon.getAttribute("aria-label")) return;
    icon.removeAttribute("role");
    icon.setAttribute("aria-hidden", "true");
    icon.tabIndex = -1;
  });
  map.getContainer().setAttribute("aria-label", root.dataset.label || "地图");
  return map;
}

/** Shows everything of these layers; nothing moves when they are empty. */
export function fit(map, ...layers) {
  const bounds = L.latLngBounds([]);
  for (const layer of layers) {
    const own = layer && layer.getBounds && layer.getBounds();
    if (own && own.isValid()) bounds.extend(own);
  }
  if (bounds.isValid()) map.fitBounds(bounds, { padding: [24, 24] });
}

/** A control with our own element in a corner of the map; clicks on it are not clicks on the map. */
export function corner(map, node, position = "bottomright") {
  const control = L.control({ position });
  control.onAdd = () => {
    L.DomEvent.disableClickPropagation(node);
    L.DomEvent.disableScrollPropagation(node);
    return node;
  };
  control.addTo(map);
  return control;
}

export { L };
