// Numbers of strokes and gestures, by which the kernel tells one undo step from the next.

/**
 * Whole numbers that go on from a moment in milliseconds: two pages, or one before and after a reload, share none.
 * @param {number} origin
 */
export function numbersFrom(origin) {
  let number = Math.round(origin);
  return () => ++number;
}

/** The next number of this page. */
export const nextNumber = numbersFrom(performance.timeOrigin);
