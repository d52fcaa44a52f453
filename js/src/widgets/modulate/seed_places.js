// Places on the map of seeds: from bytes, from a pointer, by keys; -1 to 1 each way, y up.

const EDGE = 32767;

/** @param {DataView} view Int16 rows of x and y. @returns {Float32Array} `[N, 2]` */
export function placesOf(view) {
  return Float32Array.from({ length: view.byteLength / 2 }, (_, k) => view.getInt16(2 * k, true) / EDGE);
}

/**
 * A place within the map.
 * @param {number} x
 * @param {number} y
 * @returns {[number, number]}
 */
export function within(x, y) {
  return [Math.max(-1, Math.min(1, x)), Math.max(-1, Math.min(1, y))];
}

/** The seed nearest to a place, -1 where there is none. @param {Float32Array} places @param {number[]} at */
export function nearest(places, [x, y]) {
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; 2 * k < places.length; k++) {
    const apart = (places[2 * k] - x) ** 2 + (places[2 * k + 1] - y) ** 2;
    if (apart < least) [best, least] = [k, apart];
  }
  return best;
}
