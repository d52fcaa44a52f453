// What the user is told of live sound: how late it comes, and what is wrong with it.

const FEEDBACK =
  "The microphone hears the loudspeaker, so it was turned off: use headphones, or turn the volume down, and try again.";
const OFF =
  "The sound of this page has ended, and live sound with it; the sound panel says why. Turn it on, and begin again above.";
const TAKEN_OUT = "Live sound was taken out of what plays: begin again above.";
/** @type {Record<string, string>} */
const STATES = {
  ended: "The microphone has ended: it was unplugged, or given to another program. Begin again above.",
  muted: "The microphone is muted, by a switch, the system or the browser: it goes on when it no longer is.",
  missed: "Nothing comes any more: the browser has paused the sound. Begin again above if it does not come back.",
  empty: "Nothing comes from the microphone, not even noise: it may be muted by a switch, or another one is meant.",
};

/**
 * What is wrong, and whether it is over; nothing if all is well.
 * @param {import("../../shared/live_players.js").LivePlayer} player
 * @param {boolean} played Whether live sound was in what plays before.
 * @returns {{ words: string, over: boolean } | null}
 */
export function trouble(player, played) {
  if (!player.ear) return { words: player.listeningEnded || OFF, over: true };
  if (player.ear.feedsBack) return { words: FEEDBACK, over: true };
  if (played && player.patch["clip.sound"] !== "live") return { words: TAKEN_OUT, over: true };
  const { state } = player.ear;
  return state === "on" ? null : { words: STATES[state], over: state === "ended" };
}

/** @param {[string, number][]} parts Milliseconds. */
export function latencyWords(parts) {
  const sum = parts.reduce((all, [, ms]) => all + ms, 0);
  return `Heard ${Math.round(sum)} ms later: ${parts.map(([name, ms]) => `${name} ${Math.round(ms)}`).join(", ")}.`;
}
