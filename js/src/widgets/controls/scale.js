// Numbers of a slider: where they lie on it, and how they are written.

/** @typedef {{ min: number, max: number, step: number, integer?: boolean, curve?: string, readout_format?: string }} Range */

/** Steps of a slider that moves by powers. */
export const LOG_STEPS = 1000;

/** Whether a range can be moved through by powers at all. @param {Range} range */
export function isLog({ curve, min }) {
  return curve === "log" && min > 0;
}

/** A value's place on the slider: itself, or 0 to LOG_STEPS. @param {Range} range @param {number} value */
export function toPosition(range, value) {
  if (!isLog(range)) return value;
  const share = Math.log(value / range.min) / Math.log(range.max / range.min);
  return Math.round(Math.min(1, Math.max(0, share)) * LOG_STEPS);
}

/** @param {Range} range @param {number} position */
export function fromPosition(range, position) {
  if (!isLog(range)) return kept(range, position);
  return kept(range, range.min * (range.max / range.min) ** (position / LOG_STEPS));
}

/** Within the limits; one that is not there is none. @param {Range} range @param {number} value */
export function kept({ min, max, integer }, value) {
  const within = Math.min(Math.max(min ?? -Infinity, max ?? Infinity), Math.max(min ?? -Infinity, value));
  return integer ? Math.round(within) : within;
}

/** Decimals that a format asks for: ".2f" is 2, "d" is 0. @param {Range} range */
export function decimals({ readout_format: format = ".2f", integer }) {
  return integer ? 0 : Number(/^\.(\d+)f$/.exec(format)?.[1] ?? 0);
}

/** A number as it is written beside its slider. @param {Range} range @param {number} value */
export function written(range, value) {
  const text = value.toFixed(decimals(range));
  return Number(text) === 0 ? text.replace("-", "") : text;
}

/** A number as a field shows it: no more digits than mean something, nothing for infinity. @param {number | null} value */
export function plain(value) {
  return value === null ? "" : String(Number.parseFloat(value.toPrecision(7)));
}
