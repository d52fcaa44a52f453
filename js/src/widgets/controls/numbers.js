import { slider as ownSlider } from "../../shared/own_keys.js";
import { committed, element, labelled } from "./node.js";
import { decimals, fromPosition, isLog, kept, LOG_STEPS, plain, toPosition, written } from "./scale.js";

/** @typedef {import("./node.js").Make} Make */

/** @type {Make} */
export function slider(desk, item) {
  const bar = ownSlider();
  const readout = element("input", "tw-readout");
  readout.type = "number";
  readout.tabIndex = -1; // Tab passes each slider once; arrow keys are enough, and a screen reader finds it
  const { el, showLabel } = labelled(desk, item, bar, [readout]);
  const limits = () => /** @type {import("./scale.js").Range} */ (/** @type {unknown} */ (item));

  function showValue() {
    bar.value = String(toPosition(limits(), item.value));
    readout.value = written(limits(), item.value);
    if (isLog(limits())) bar.setAttribute("aria-valuetext", readout.value);
  }

  const dragged = () => fromPosition(limits(), bar.valueAsNumber);
  bar.addEventListener("input", () => {
    if (item.continuous_update) desk.edit(item, dragged());
    readout.value = written(limits(), dragged());
  });
  bar.addEventListener("change", () => item.continuous_update || desk.edit(item, dragged()));
  committed(readout, () => {
    const typed = readout.valueAsNumber;
    if (Number.isFinite(typed) && readout.value !== written(limits(), item.value))
      desk.edit(item, kept(limits(), typed));
    showValue();
  });
  return {
    el,
    show() {
      showLabel();
      [bar.min, bar.max, bar.step] = (isLog(limits()) ? [0, LOG_STEPS, 1] : [item.min, item.max, item.step]).map(
        String,
      );
      [readout.min, readout.max] = [item.min, item.max].map(String);
      readout.step = item.integer ? "1" : "any";
      readout.disabled = item.disabled;
      readout.setAttribute("aria-label", `${item.description || item.tooltip}, value`);
      if (document.activeElement !== readout) showValue();
    },
  };
}

/** @type {Make} */
export function number(desk, item) {
  const field = element("input", "tw-input tw-number");
  field.type = "number";
  const { el, showLabel } = labelled(desk, item, field);
  const limits = () => /** @type {import("./scale.js").Range} */ (/** @type {unknown} */ (item));
  let shown = Number.NaN;
  committed(field, () => {
    const typed = field.valueAsNumber;
    if (Number.isFinite(typed) && field.value !== plain(item.value)) desk.edit(item, kept(limits(), typed));
    field.value = plain(item.value);
  });
  return {
    el,
    show() {
      showLabel();
      [field.min, field.max] = [item.min ?? "", item.max ?? ""].map(String);
      field.step = item.integer ? String(Math.max(1, Math.round(item.step))) : "any";
      // What is being typed stays, while something else of the field changes.
      if (document.activeElement !== field || shown !== item.value) field.value = plain(item.value);
      shown = item.value;
    },
  };
}

/** Two native ranges on one bar: whichever handle is nearer is taken hold of. @type {Make} */
export function rangeSlider(desk, item) {
  const el = element("div", "tw-field");
  const label = element("span", "tw-label");
  const bars = element("div", "tw-range");
  const readout = element("output", "tw-readout");
  const [low, high] = [ownSlider(), ownSlider()];
  bars.append(low, high);
  el.setAttribute("role", "group");
  el.append(label, bars, readout);
  const limits = () => /** @type {import("./scale.js").Range} */ (/** @type {unknown} */ (item));

  function showValue() {
    [low.value, high.value] = item.value.map(String);
    readout.value = item.value.map((/** @type {number} */ value) => written(limits(), value)).join(" – ");
    const share = (/** @type {number} */ value) => `${(100 * (value - item.min)) / (item.max - item.min || 1)}%`;
    bars.style.setProperty("--tw-from", share(item.value[0]));
    bars.style.setProperty("--tw-to", share(item.value[1]));
  }

  low.addEventListener("input", () => {
    desk.edit(item, [Math.min(low.valueAsNumber, item.value[1]), item.value[1]]);
    showValue();
  });
  high.addEventListener("input", () => {
    desk.edit(item, [item.value[0], Math.max(high.valueAsNumber, item.value[0])]);
    showValue();
  });
  return {
    el,
    show() {
      label.textContent = item.description;
      el.title = item.tooltip;
      el.setAttribute("aria-label", item.description || item.tooltip);
      low.setAttribute("aria-label", `${item.description}, start`);
      high.setAttribute("aria-label", `${item.description}, end`);
      for (const bar of [low, high]) {
        [bar.min, bar.max] = [item.min, item.max].map(String);
        bar.step = String(item.step);
        bar.disabled = item.disabled;
      }
      readout.style.minWidth = `${2 * (decimals(limits()) + 3) + 2}ch`;
      showValue();
    },
  };
}

/** @type {Make} */
export function progress(_desk, item) {
  const el = element("progress", "tw-progress");
  el.max = 1;
  return {
    el,
    show() {
      el.value = item.value;
      el.setAttribute("aria-label", item.description);
    },
  };
}
