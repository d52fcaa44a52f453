// Levels in dB below full scale, as the meter, the volume and the words beside them count them.

/** Lowest level that is shown, and the volume that is silent. */
export const FLOOR_DB = -60;

/** The gain of a volume. @param {number} db */
export const linear = (db) => (db <= FLOOR_DB ? 0 : 10 ** (db / 20));

/** The level of an amplitude. @param {number} value */
export const decibels = (value) => (value > 0 ? Math.max(FLOOR_DB, 20 * Math.log10(value)) : FLOOR_DB);

/** As words. @param {number} db */
export const signed = (db) => `${db < 0 ? "−" : ""}${Math.abs(Math.round(db))} dB`;
