// The engines that play in this page, by the session that they play. Each widget is a program of its own in the page, so
// the page itself holds the table: a plane finds the engine there, and two engines of one session never play at once.

/**
 * What views ask of an engine in their page.
 * @typedef {object} LivePlayer
 * @property {(gesture: import("../instrument/player.js").Gesture) => boolean} hand Plays a gesture; whether it was taken.
 * @property {() => void} lift The first hand comes up, where it is.
 * @property {(values: number[]) => boolean} sliders Plays latents that sliders give; whether it was taken.
 * @property {(opened: import("../instrument/live/live_sound.js").Opened | null) => void} listen Listens to a source, or to
 *   nothing; throws if that cannot be.
 * @property {import("../instrument/live/live_sound.js").LiveEar | null} ear What is heard of it, while it listens.
 * @property {string} listeningEnded Why it listens no more, where nobody has asked for that; else nothing.
 * @property {[string, number][]} listeningParts How long it takes, part by part, in milliseconds.
 * @property {Record<string, any>} patch Every value that is set, by address.
 * @property {number[] | null} phases Where each latent's modulator was a moment ago; the same array until the next is told.
 * @property {() => void} displaced Another one plays from now on.
 */

const KEY = Symbol.for("terrain_widgets.live_players");

/** @returns {Map<string, LivePlayer>} */
function table() {
  const page = /** @type {any} */ (globalThis);
  page[KEY] ??= new Map();
  return page[KEY];
}

/**
 * The engine that plays a session here, if one does.
 * @param {string} key Of the session.
 * @returns {LivePlayer | null}
 */
export const livePlayer = (key) => table().get(key) ?? null;

/**
 * This one plays from now on.
 * @param {string} key
 * @param {LivePlayer} player
 */
export function goLive(key, player) {
  const before = table().get(key);
  table().set(key, player);
  if (before && before !== player) before.displaced();
}

/**
 * This one plays no more.
 * @param {string} key
 * @param {LivePlayer} player
 */
export function leaveLive(key, player) {
  if (table().get(key) === player) table().delete(key);
}
