/* The page of a file of outlines: what would be written, and what is wrong, on one map. */

import { one } from "../dom.js";
import { say } from "../flash.js";
import { call } from "./calls.js";
import { fit, startMap } from "./base.js";
import { Findings } from "./findings.js";
import { Places } from "./layers.js";

export async function startFileMap() {
  const page = one("[data-file-map]");
  if (!page) return;
  const map = startMap(one("[data-map]", page));
  const places = new Places(map, () => {});
  const findings = new Findings(map, one("[data-findings]", page));
  const [shapes, file] = await Promise.all([call(`${page.dataset.api}/outlines`), call(page.dataset.api)]);
  if (!shapes.ok || !file.ok) {
    say(shapes.words || file.words, { error: true, id: "map" });
    return;
  }
  places.show(shapes.body);
  places.work(["grid", "village", "township"].find((level) => places.has(level)) || "grid");
  findings.show(file.body.findings);
  fit(map, ...Object.values(places.groups), findings.group);
  page.dataset.ready = "1";
}
