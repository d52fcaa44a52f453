// Builds what the Python package hands to the page: each widget's module and style as one text, and each thread's program.
// Before that, the types of the messages. `node build.js` writes; `node build.js --check` fails where what is there is not
// what the sources give.
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

import { protocolTypes } from "./protocol_types.js";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const STATIC = join(HERE, "..", "terrain_widgets", "widgets", "static");

/** Modules that anywidget imports, and the styles that it puts into the page. */
const WIDGETS = [
  "src/instrument/instrument.css",
  "src/instrument/instrument.js",
  "src/instrument/piece.css",
  "src/widgets/base/latent_sliders.css",
  "src/widgets/base/latent_sliders.js",
  "src/widgets/base/list_keys.js",
  "src/widgets/base/tab_pass.js",
  "src/widgets/bending/weights_view.css",
  "src/widgets/bending/weights_view.js",
  "src/widgets/controls/controls.css",
  "src/widgets/controls/controls.js",
  "src/widgets/drawing/pair_table.css",
  "src/widgets/drawing/pair_table.js",
  "src/widgets/encoder/listening.css",
  "src/widgets/encoder/listening.js",
  "src/widgets/encoder/microphone.css",
  "src/widgets/encoder/microphone.js",
  "src/widgets/explore/sound_map.css",
  "src/widgets/explore/sound_map.js",
  "src/widgets/live/live_input.css",
  "src/widgets/live/live_input.js",
  "src/widgets/modulate/modulator_curves.css",
  "src/widgets/modulate/modulator_curves.js",
  "src/widgets/modulate/seed_map.css",
  "src/widgets/modulate/seed_map.js",
  "src/widgets/plane/sheet.css",
  "src/widgets/plane/sheet.js",
  "src/widgets/points/pads.css",
  "src/widgets/points/pads.js",
  "src/widgets/base/bar.css",
  "src/widgets/base/bar.js",
  "src/widgets/shell/help.css",
  "src/widgets/shell/help.js",
  "src/widgets/shell/palette.css",
  "src/widgets/shell/palette.js",
  "src/widgets/shell/shell.css",
  "src/widgets/sound/browser_sink.css",
  "src/widgets/sound/browser_sink.js",
];
/** Programs of their own: an AudioWorklet's and a worker's, loaded from an address, and the one in a piece's page. */
const PROGRAMS = [
  "src/instrument/piece.js",
  "src/audio/line_worker.js",
  "src/audio/sink_worklet.js",
  "src/engine/engine_worklet.js",
];

/** @type {import("esbuild").BuildOptions} */
const COMMON = {
  absWorkingDir: HERE,
  bundle: true,
  charset: "utf8",
  legalComments: "none",
  minify: true,
  outdir: STATIC,
  target: "es2022",
  write: false,
};

/** What is built. @returns {Promise<{ path: string, text: string }[]>} */
async function built() {
  const types = await protocolTypes(new URL("src/shared/protocol.json", import.meta.url));
  const results = await Promise.all([
    build({ ...COMMON, entryPoints: WIDGETS, entryNames: "[name]", format: "esm" }),
    build({ ...COMMON, entryPoints: PROGRAMS, entryNames: "[name]", format: "iife" }),
  ]);
  const bundles = results.flatMap(({ outputFiles }) => outputFiles ?? []);
  return [{ path: join(HERE, "src", "shared", "protocol.d.ts"), text: types }, ...bundles];
}

const names = [...WIDGETS, ...PROGRAMS].map((path) => basename(path));
const present = await readdir(STATIC).catch(() => /** @type {string[]} */ ([]));
const left = present.filter((name) => !names.includes(name)).map((name) => join(STATIC, name));
const stale = [];
for (const { path, text } of await built()) {
  if ((await readFile(path, "utf8").catch(() => "")) !== text) stale.push({ path, text });
}
if (process.argv.includes("--check")) {
  const wrong = [...stale.map(({ path }) => path), ...left].map((path) => basename(path));
  if (wrong.length) {
    console.error(`not what js/src gives: ${wrong.join(", ")}; run \`make static\` and commit the result`);
    process.exit(1);
  }
} else {
  for (const { path, text } of stale) await writeFile(path, text);
  for (const path of left) await rm(path);
}
