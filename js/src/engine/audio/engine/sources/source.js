// What every source can do.

/** @typedef {"hand" | "playhead"} Kind First word of its parameters, as far as voices have some. */

/**
 * One who plays: has a voice (a row of the decoder) of its own while there is room. For each frame: `place`, `steer` and
 * `mix` if its voice sounds, and `advance` in any case; only the last moves it on.
 * @typedef {object} Source
 * @property {Kind} kind
 * @property {boolean} keepsVoice Whether its voice stays its own while it is silent.
 * @property {number} level At which it wants to sound now, linear, 0 to 1; 0 is not at all.
 * @property {(place: Float32Array) => void} place Fills where it is in the next frame, `[C]` in control units.
 * @property {(latents: Float32Array) => void} steer Changes the mapping's latents `[D]` at that place.
 * @property {(audio: Float32Array[], from: number, to: number) => void} mix Adds to its decoded sound `[A][ratio]` what
 *   does not go through the codec.
 * @property {(sounding: boolean) => void} advance Move on by a frame, in which its voice sounded or not.
 * @property {() => void} stop Play no longer by itself, until it is started again.
 * @property {() => void} restart As at the start, but where it is; a hand is up.
 */

export {};
