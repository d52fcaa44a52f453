// Builds what the Python package hands to the page: each widget's module and style as one text, and each thread's program.
// `node build.js` writes terrain_widgets/widgets/static; `node build.js --check` fails where what lies there is not what
// the sources give.
import { readdir, readFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const STATIC = join(HERE, "..", "terrain_widgets", "widgets", "static");

/** Modules that anywidget imports, and the styles that it puts into the page. */
const WIDGETS = [
  "src/widgets/base/latent_sliders.css",
  "src/widgets/base/latent_sliders.js",
  "src/widgets/base/list_keys.js",
  "src/widgets/base/tab_pass.js",
  "src/widgets/base/text_line.css",
  "src/widgets/base/text_line.js",
  "src/widgets/drawing/pair_table.css",
  "src/widgets/drawing/pair_table.js",
  "src/widgets/encoder/listening.css",
  "src/widgets/encoder/listening.js",
  "src/widgets/encoder/microphone.js",
  "src/widgets/files/file_port.css",
  "src/widgets/files/file_port.js",
  "src/widgets/plane/pen_layer.js",
  "src/widgets/plane/point_layer.js",
  "src/widgets/points/pads.css",
  "src/widgets/points/pads.js",
  "src/widgets/sound/browser_sink.css",
  "src/widgets/sound/browser_sink.js",
];
/** Programs of threads of their own: an AudioWorklet's and a worker's, loaded from a Blob. */
const THREADS = ["src/audio/line_worker.js", "src/audio/sink_worklet.js"];

/** @type {import("esbuild").BuildOptions} */
const COMMON = {
  absWorkingDir: HERE,
  bundle: true,
  charset: "utf8",
  legalComments: "none",
  minify: true,
  outdir: STATIC,
  target: "es2022",
  write: !process.argv.includes("--check"),
};

/** What is built, as path and text. */
async function built() {
  const results = await Promise.all([
    build({ ...COMMON, entryPoints: WIDGETS, entryNames: "[name]", format: "esm" }),
    build({ ...COMMON, entryPoints: THREADS, entryNames: "[name]", format: "iife" }),
  ]);
  return results.flatMap(({ outputFiles }) => outputFiles ?? []);
}

const names = [...WIDGETS, ...THREADS].map((path) => basename(path));
const present = await readdir(STATIC).catch(() => /** @type {string[]} */ ([]));
const left = present.filter((name) => !names.includes(name));
const files = await built();
if (process.argv.includes("--check")) {
  const stale = [];
  for (const { path, text } of files) {
    if ((await readFile(path, "utf8").catch(() => "")) !== text) stale.push(basename(path));
  }
  if (stale.length || left.length) {
    console.error(
      `not what js/src gives: ${[...stale, ...left].join(", ")}; run \`make static\` and commit the result`,
    );
    process.exit(1);
  }
} else {
  for (const name of left) await rm(join(STATIC, name));
}
