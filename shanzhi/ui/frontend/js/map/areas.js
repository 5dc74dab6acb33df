/* The page of the county's map: layers, list, one chosen place, and for whoever may manage the tools to draw. */

import { all, one } from "../dom.js";
import { say } from "../flash.js";
import { call, newKey } from "./calls.js";
import { fit, startMap } from "./base.js";
import { Editor } from "./editor.js";
import { Findings } from "./findings.js";
import { Places } from "./layers.js";

const NEWER = "这里的边界刚被别人改过：虚线是最新的，你画的还在。对照后再点一次保存，就以你画的为准。";
const HECTARE = 10000;

const size = (square) => (square < HECTARE ? `${Math.round(square).toLocaleString()} 平方米`
  : `${(square / HECTARE).toLocaleString(undefined, { maximumFractionDigits: 1 })} 公顷`);

export function startAreaMap() {
  const page = one("[data-area-map]");
  if (page) new AreaMap(page).start();
}

class AreaMap {
  constructor(page) {
    this.page = page;
    this.api = page.dataset.api;
    this.map = startMap(one("[data-map]", page));
    this.places = new Places(this.map, (feature) => this.choose(feature.properties.code, { focus: true }));
    this.findings = new Findings(this.map, one("[data-findings]", page));
    this.box = one("[data-chosen]", page);
    this.tools = one("[data-tools]", page);
    this.editor = this.tools ? new Editor(this.map, this.places, () => this.refresh()) : null;
    this.chosen = null;
    this.joining = null;
    this.key = newKey();
  }

  async start() {
    this.places.work(this.page.dataset.level);
    all("[data-row]", this.page).forEach((link) => link.addEventListener("click", (event) => {
      event.preventDefault();
      this.choose(link.dataset.row);
    }));
    all("[data-layer]", this.page).forEach((box) => box.addEventListener("change", () => {
      this.places.hide(box.value, !box.checked);
    }));
    if (this.tools) this.bind();
    await this.load();
    fit(this.map, this.places.groups.county, this.places.groups.township, this.places.groups.village);
    this.map.getContainer().dataset.ready = "1";
  }

  async load() {
    const answer = await call(`${this.api}/outlines`);
    if (!answer.ok) {
      say(answer.words, { error: true, id: "map" });
      return;
    }
    this.places.show(answer.body);
    for (const [code, layer] of Object.entries(this.places.byCode)) this.measure(code, layer.szFeature.properties);
    if (this.chosen) this.choose(this.chosen.code, { move: false });
  }

  /** The list says how large each place is now. */
  measure(code, told) {
    const cell = one(`[data-row="${code}"] [data-size]`, this.page);
    if (cell) cell.textContent = size(told.square_metres);
  }

  choose(code, { move = true, focus = false } = {}) {
    const row = one(`[data-row="${code}"]`, this.page);
    if (this.joining && this.joining.code !== code) {
      this.join(code);
      return;
    }
    if (this.editor && this.editor.busy) return;
    all("[data-row][aria-current]", this.page).forEach((old) => old.removeAttribute("aria-current"));
    if (row) {
      row.setAttribute("aria-current", "true");
      if (focus) row.scrollIntoView({ block: "nearest" });
    }
    const layer = this.places.choose(code, { move });
    const told = layer ? layer.szFeature.properties : {};
    const known = row ? row.dataset : {};
    this.chosen = {
      code, name: told.name || known.name, level: told.level || known.level, version: told.version || known.version,
      seen: told.seen || "", square_metres: told.square_metres || 0, drawn: Boolean(layer),
    };
    if (this.editor) this.editor.rest();
    this.describe(told);
    this.refresh();
  }

  describe(told) {
    this.box.hidden = false;
    one("[data-name]", this.box).textContent = this.chosen.name;
    one("[data-code]", this.box).textContent = this.chosen.code;
    const link = one("[data-open]", this.box);
    link.href = link.dataset.open.replace("000000000000", this.chosen.code);
    const words = told.square_metres
      ? `${size(told.square_metres)}，${told.valid_from} 起${told.synthetic ? "，示意边界（合成）" : ""}`
      : "还没有边界";
    one("[data-about]", this.box).textContent = words;
  }

  bind() {
    const acts = {
      draw: () => this.editor.draw(this.chosen),
      edit: () => this.editor.edit(this.chosen.code),
      split: () => this.editor.line((line) => this.askSplit(line)),
      join: () => this.startJoin(),
      merge: () => this.merge(),
      rest: () => this.rest(),
      check: () => this.check(),
      save: () => this.save(),
      undo: () => this.undo(),
    };
    for (const button of all("[data-act]", this.page)) button.addEventListener("click", acts[button.dataset.act]);
    one("[data-split]", this.page).addEventListener("submit", (event) => {
      event.preventDefault();
      this.split();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.rest();
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.editor.count) event.preventDefault();
    });
    this.refresh();
  }

  rest() {
    if (this.line) this.findings.clear();
    this.joining = this.into = this.line = null;
    this.editor.rest();
    if (this.chosen) this.places.choose(this.chosen.code, { move: false });
    this.refresh();
  }

  /** Buttons that can't do anything now are not there. */
  refresh() {
    if (!this.tools || !this.editor) return;
    const { chosen, editor, joining } = this;
    const asking = Boolean(joining || this.line);
    const idle = Boolean(chosen) && !asking && !editor.busy;
    const grid = idle && chosen.level === "grid" && !editor.count;
    const shown = {
      draw: idle && chosen.level !== "county", edit: idle && chosen.drawn && !editor.editing,
      split: grid && chosen.drawn, join: grid, rest: editor.busy || editor.editing || asking,
      check: editor.count, save: editor.count, undo: editor.count, merge: joining && this.into,
    };
    all("[data-act]", this.page).forEach((button) => { button.hidden = !shown[button.dataset.act]; });
    one("[data-redraw]", this.page).textContent = chosen && chosen.drawn ? "重画" : "画边界";
    one("[data-ask]", this.page).hidden = !editor.count && !asking;
    this.tools.hidden = !chosen && !editor.count;
    one("[data-split]", this.page).hidden = !this.line;
    one("[data-join]", this.page).hidden = !joining;
    if (joining) one("[data-join-words]", this.page).textContent = this.into
      ? `把${joining.name}并入${this.into.name}。${joining.name}从生效日起撤销，不能撤回。`
      : `在地图或清单里点一个网格，把${joining.name}并进去。`;
    one("[data-count]", this.page).textContent = editor.count ? `改了 ${editor.count} 个，还没保存` : "";
  }

  body() {
    return { on: one("[name=on]", this.page).value, reason: one("[name=reason]", this.page).value };
  }

  async check() {
    const answer = await call(`${this.api}/outlines/checks`, { outlines: this.editor.shapes() });
    if (!answer.ok) {
      say(answer.words, { error: true, id: "map" });
      return false;
    }
    this.findings.show(answer.body.items);
    if (!answer.body.items.length) say("没有发现问题，可以保存。");
    return !answer.body.items.some((row) => row.severity === "error");
  }

  async save() {
    const answer = await call(`${this.api}/outlines`, { ...this.body(), outlines: this.editor.shapes() }, this.key);
    if (answer.status === 409) await this.compare();
    else if (!answer.ok) {
      say(answer.words, { error: true });
      if (answer.status === 422 && answer.body.code && answer.body.code.startsWith("outline")) await this.check();
      this.key = newKey();
      return;
    }
    this.key = newKey();
    if (!answer.ok) return;
    say(`已保存 ${answer.body.features.length} 个边界`);
    this.findings.clear();
    this.editor.saved();
    await this.load();
  }

  /** Somebody was faster: their outlines are shown dashed, what was drawn here stays, the next saving is knowingly. */
  async compare() {
    const answer = await call(`${this.api}/outlines`);
    if (!answer.ok) {
      say(answer.words, { error: true });
      return;
    }
    const rows = [];
    for (const feature of answer.body.features) {
      const mine = this.editor.changed.get(feature.id);
      if (!mine || (mine.szFeature.properties.seen || "") === feature.properties.seen) continue;
      mine.szFeature.properties.seen = feature.properties.seen;
      rows.push({ severity: "latest", sentence: `${feature.properties.name}现在的边界`, geometry: feature.geometry });
    }
    this.findings.show(rows);
    say(NEWER, { error: true });
  }

  async undo() {
    this.editor.saved();
    this.findings.clear();
    await this.load();
  }

  /** The line stands; the name of the smaller piece is asked for beside the map. */
  askSplit(line) {
    this.line = line;
    this.findings.show([{ severity: "latest", sentence: "切线", geometry: { type: "LineString", coordinates: line } }]);
    this.refresh();
    one("[name=split_name]", this.page).focus();
  }

  async split() {
    const name = one("[name=split_name]", this.page).value;
    const body = { ...this.body(), version: Number(this.chosen.version), line: this.line, name };
    const answer = await call(`${this.api}/areas/${this.chosen.code}/splits`, body, this.key);
    this.key = newKey();
    if (!answer.ok) {
      say(answer.words, { error: true });
      return;
    }
    window.location.assign(this.page.dataset.here);
  }

  startJoin() {
    this.joining = this.chosen;
    this.into = null;
    this.refresh();
  }

  /** Joining is the same act as on the page of a place: the grid ends, its land and its cases go to the other. */
  join(into) {
    const row = one(`[data-row="${into}"]`, this.page);
    this.into = { code: into, name: row ? row.dataset.name : into };
    this.places.choose(into, { move: false });
    this.refresh();
  }

  async merge() {
    const { code, version } = this.joining;
    const body = { ...this.body(), version: Number(version), into: this.into.code };
    const answer = await call(`${this.api}/areas/${code}/merges`, body, this.key);
    this.key = newKey();
    if (!answer.ok) {
      say(answer.words, { error: true });
      return;
    }
    window.location.assign(this.page.dataset.here);
  }
}
