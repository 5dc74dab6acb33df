/* Builds what the browser gets: bundles into static/ui/dist (not committed), the icon sprite (committed).

`node shanzhi/ui/frontend/build.mjs [--watch]`; names are stable, Django's static files storage adds the hash. */

import { readFile, readdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.join(here, "../static/ui");
const require = createRequire(import.meta.url);

const options = {
  absWorkingDir: here,
  entryPoints: {
    phone: "js/phone.js",
    desk: "js/desk.js",
    "proof-worker": "js/proof-worker.js",
    worker: "js/worker.js",
    map: "js/map.js",
  },
  bundle: true,
  minify: true,
  format: "iife",
  target: ["chrome80", "safari14.1", "firefox78"],
  outdir: path.join(out, "dist"),
  legalComments: "none",
  logLevel: "warning",
};
const styles = {
  ...options,
  entryPoints: {
    phone: "css/bundle-phone.css", desk: "css/bundle-desk.css", map: "css/bundle-map.css",
    print: "css/bundle-print.css",
  },
  loader: { ".png": "dataurl", ".svg": "dataurl" },
};

/** One symbol an icon; what every symbol shares stands in the class `i` of the page. */
async function sprite() {
  const names = (await readFile(path.join(here, "icons.txt"), "utf8")).split("\n").map((line) => line.trim())
    .filter((line) => line && !line.startsWith("#"));
  const own = new Set((await readdir(path.join(here, "icons"))).map((name) => name.replace(/\.svg$/, "")));
  const symbols = [];
  for (const name of [...new Set([...names, ...own])].sort()) {
    const file = own.has(name) ? path.join(here, `icons/${name}.svg`)
      : require.resolve(`@tabler/icons/outline/${name}.svg`);
    const text = await readFile(file, "utf8");
    const inner = text.replace(/<!--[\s\S]*?-->/g, "").replace(/^[\s\S]*?<svg[^>]*>/, "")
      .replace(/<\/svg>[\s\S]*$/, "").replace(/<path stroke="none"[^>]*\/>/, "")
      .replace(/\s*\n\s*/g, "").replace(/ \/>/g, "/>").trim();
    symbols.push(`<symbol id="i-${name}" viewBox="0 0 24 24">${inner}</symbol>`);
  }
  const text = `<!-- @tabler/icons (MIT, Paweł Kuna); ${[...own].sort().join(", ")} are our own. Made by build.mjs. -->
<svg xmlns="http://www.w3.org/2000/svg">
${symbols.join("\n")}
</svg>
`;
  await writeFile(path.join(out, "icons.svg"), text);
}

await sprite();
if (process.argv.includes("--watch")) {
  for (const one of [options, styles]) await (await esbuild.context(one)).watch();
} else {
  await Promise.all([esbuild.build(options), esbuild.build(styles)]);
}
