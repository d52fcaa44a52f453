/**
 * A row for every sound: its path, its rule, how far its frames are drawn. Rows are changed in place, so that nobody
 * loses the focus.
 *
 * @typedef {{ clip: string, name: string, drawing: string, label: string, colour: string, muted: boolean, rule: string,
 *   density: number, frames: string, complete: boolean, warnings: string[], selected: boolean }} Row
 */

import { CLIP } from "../../shared/dragged.js";
import { tell } from "../../shared/kernel_line.js";
import { ownKeysWithin } from "../../shared/own_keys.js";
import { keepHearing } from "../base/hearing.js";

const RULES = [
  ["stretch", "stretch", "As many points as frames, at equal distances"],
  ["speed", "pen's speed", "Frames lie where the pen was at that time"],
  ["nn.terrain", "nn.terrain", "Its fixed spacing; what is longer, path or sound, is cut"],
];

/** @param {string} tag @param {Record<string, any>} properties @param {Node[]} children */
function make(tag, properties, children = []) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-")) element.setAttribute(name, value);
    else Object.assign(element, { [name]: value });
  }
  element.append(...children);
  return /** @type {any} */ (element);
}

/** @param {HTMLInputElement | HTMLSelectElement} control @param {string} value */
function fill(control, value) {
  if (document.activeElement !== control || control instanceof HTMLSelectElement) control.value = value;
}

/** @param {{ model: import("@anywidget/types").AnyModel, el: HTMLElement }} context */
function render({ model, el }) {
  const body = make("tbody", {});
  const headings = ["Sound", "Path and rule", "Frames"].map((words) =>
    make("th", { textContent: words, scope: "col" }),
  );
  const head = make("thead", {}, [make("tr", {}, headings)]);
  const table = make("table", { className: "tw-pairs", "aria-label": "Which sound lies on which path" }, [head, body]);
  ownKeysWithin(table);
  el.appendChild(table);
  /** @type {Map<string, ReturnType<typeof build>>} */
  const built = new Map();

  /** @param {string} clip */
  function build(clip) {
    /** @param {string} what @param {any} value */
    const say = (what, value) => tell(model, { clip, what, value });
    const grip = make("span", { className: "tw-grip", textContent: "⠿", draggable: true, "aria-hidden": "true" });
    grip.title = "Drag this sound onto a path, or onto another sound to exchange their paths";
    const colour = make("input", { type: "color", onchange: () => say("colour", colour.value) });
    const label = make("input", { type: "text", maxLength: 120, onchange: () => say("label", label.value) });
    const path = make("select", { onchange: () => say("pair", path.value) });
    const options = RULES.map(([value, textContent, title]) => make("option", { value, textContent, title }));
    const rule = make("select", { onchange: () => say("rule", rule.value) }, options);
    const density = make("input", { type: "number", min: "0.000001", step: "any" });
    density.onchange = () => say("density", density.valueAsNumber);
    const frames = make("span", {});
    const mute = make("input", { type: "checkbox", onchange: () => say("muted", mute.checked) });
    const muted = make("label", { className: "tw-mute" }, [mute, document.createTextNode(" mute")]);
    const row = make("tr", {}, [
      make("th", { scope: "row" }, [make("div", { className: "tw-sound" }, [grip, colour, label])]),
      make("td", {}, [path, make("div", { className: "tw-rule" }, [rule, density])]),
      make("td", {}, [frames, muted]),
    ]);
    const words = make("td", { colSpan: 3, className: "tw-warning" });
    const warning = make("tr", {}, [words]);
    row.onclick = () => say("select", "");
    grip.ondragstart = (/** @type {DragEvent} */ event) => {
      event.dataTransfer?.setData(CLIP, clip);
      event.dataTransfer?.setData("text/plain", label.placeholder);
    };
    row.ondragover = (/** @type {DragEvent} */ event) => {
      if (event.dataTransfer?.types.includes(CLIP)) event.preventDefault();
    };
    row.ondrop = (/** @type {DragEvent} */ event) => {
      const other = event.dataTransfer?.getData(CLIP);
      event.preventDefault();
      if (other && other !== clip) say("exchange", other);
    };
    return { row, warning, words, colour, label, path, rule, density, frames, mute };
  }

  /** @param {Row} row */
  function show(row) {
    const parts = built.get(row.clip) ?? build(row.clip);
    built.set(row.clip, parts);
    const about = (/** @type {string} */ what) => `${what} of ${row.name}`;
    parts.row.classList.toggle("tw-selected", row.selected);
    parts.row.setAttribute("aria-selected", String(row.selected));
    fill(parts.colour, row.colour);
    fill(parts.label, row.label);
    parts.label.placeholder = row.name;
    const paths = [["", "no path yet"], .../** @type {string[][]} */ (model.get("paths"))];
    parts.path.replaceChildren(...paths.map(([value, textContent]) => make("option", { value, textContent })));
    fill(parts.path, row.drawing);
    fill(parts.rule, row.rule);
    fill(parts.density, String(row.density));
    parts.density.hidden = row.rule !== "nn.terrain";
    parts.mute.checked = row.muted;
    for (const [name, words] of /** @type {const} */ ([
      ["colour", "Colour"],
      ["label", "Label"],
      ["path", "Path"],
      ["rule", "Pairing rule"],
      ["density", "Spacing (latent_density)"],
      ["mute", "Mute"],
    ])) {
      parts[name].setAttribute("aria-label", about(words));
      parts[name].title = name === "rule" ? (RULES.find(([rule]) => rule === row.rule)?.[2] ?? "") : about(words);
      if (name !== "path") parts[name].disabled = !row.drawing;
    }
    parts.frames.textContent = row.frames;
    parts.frames.className = row.complete ? "tw-complete" : "tw-to-draw";
    parts.words.textContent = row.warnings.join(" ");
    parts.warning.hidden = !row.warnings.length;
    return [parts.row, parts.warning];
  }

  function refresh() {
    const rows = /** @type {Row[]} */ (model.get("rows"));
    const wanted = rows.flatMap(show);
    const present = [...body.children];
    if (wanted.length !== present.length || wanted.some((row, k) => row !== present[k]))
      body.replaceChildren(...wanted);
    const clips = new Set(rows.map((row) => row.clip));
    for (const clip of built.keys()) if (!clips.has(clip)) built.delete(clip);
  }

  model.on("change:rows change:paths", refresh);
  refresh();
  return () => model.off("change:rows change:paths", refresh);
}

export default { initialize: keepHearing, render };
