// What an engine is set to now, so that a fresh one goes on from here.

/**
 * All values of a patch, as JSON would have them, with where things are that move.
 * @param {import("../patch.js").Patch} patch
 * @param {Record<string, any>} moving Values of where the modulators and the beats are.
 * @param {import("./sources/playhead.js").Playhead[]} heads In the order of the patch's.
 * @param {import("./sources/clip.js").BackingClip | null} clip
 */
export function snapshotOf(patch, moving, heads, clip) {
  const values = { ...Object.fromEntries(patch.values), ...moving };
  patch.members("playheads").forEach((name, k) => {
    values[`playheads.${name}.seeks`] = heads[k].seek?.token ?? 0;
    values[`playheads.${name}.start`] = heads[k].seek?.start ?? 0;
    values[`playheads.${name}.playing`] = heads[k].playing;
  });
  if (clip) values["clip.running"] = clip.running;
  for (const [address, value] of Object.entries(values)) {
    if (value === Number.POSITIVE_INFINITY) values[address] = "inf";
  }
  return values;
}
