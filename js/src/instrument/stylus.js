// What a pen's pressure does while it plays, as the Python package's `StylusMapping`.

/**
 * @param {number[]} place On the plane, `[2]`.
 * @param {number | null} pressure 0 to 1; nothing where the device feels none: it is as loud as can be.
 * @param {Record<string, any>} patch Has `stylus.pressure` (nothing, gain, or the number of a control dimension),
 *   `stylus.low` and `stylus.high`.
 * @returns {{ place: number[], pressure: number }} Coordinates, and the gain as pressure.
 */
export function steered(place, pressure, patch) {
  const to = patch["stylus.pressure"] ?? "nothing";
  if (pressure === null) return { place, pressure: 1 };
  if (to === "gain") return { place, pressure };
  const dimension = Number(to);
  if (to === "nothing" || !Number.isInteger(dimension) || dimension < 0) return { place, pressure: 1 };
  const [low, high] = [patch["stylus.low"] ?? -1, patch["stylus.high"] ?? 1];
  const coordinates = [...place];
  while (coordinates.length <= dimension) coordinates.push(0);
  coordinates[dimension] = low + Math.min(1, Math.max(0, pressure)) * (high - low);
  return { place: coordinates, pressure: 1 };
}
