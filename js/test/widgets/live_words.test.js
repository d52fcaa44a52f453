// Whatever ends live sound is said in one sentence.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Listener } from "../../src/instrument/live/listener.js";
import { LiveEar, openMicrophone } from "../../src/instrument/live/live_sound.js";
import { latencyWords, trouble } from "../../src/widgets/live/live_words.js";

/** A double of a page's engine. @param {any} ear @param {any} more */
const player = (ear, more = {}) => ({ ear, patch: { "clip.sound": "live" }, listeningEnded: "", ...more });
const frame = () => [new Float32Array(1024).fill(0.1), new Float32Array(1024)];

test("a microphone that ends, is muted, or gives nothing is said, and is over only where it has ended", async () => {
  let now = 0;
  const track = { readyState: "live", muted: false, getSettings: () => ({ latency: 0.01 }), stop: () => {} };
  const stream = { getAudioTracks: () => [track], getTracks: () => [track] };
  const media = { getUserMedia: async () => stream };
  Object.defineProperty(globalThis, "navigator", { value: { mediaDevices: media }, configurable: true });
  Object.assign(globalThis, { window: { isSecureContext: true } });
  const ear = new LiveEar(await openMicrophone(), () => now);
  const said = () => trouble(/** @type {any} */ (player(ear)), true);
  ear.take(frame()[0], frame()[1], false);
  assert.equal(said(), null);
  now = 3000;
  assert.match(said()?.words ?? "", /Nothing comes any more/);
  ear.take(new Float32Array(1024), frame()[1], false);
  assert.match(said()?.words ?? "", /not even noise/);
  ear.take(frame()[0], frame()[1], false);
  assert.equal(said(), null);
  track.muted = true;
  assert.match(said()?.words ?? "", /is muted/);
  assert.equal(said()?.over, false);
  track.readyState = "ended";
  assert.match(said()?.words ?? "", /has ended/);
  assert.equal(said()?.over, true);
});

test("sound that is turned off, an engine that cannot listen, and a patch without live sound are said", () => {
  const on = { feedsBack: false, state: "on" };
  const words = (/** @type {any} */ given, played = true) => trouble(given, played)?.words ?? "";
  assert.match(words(player(null)), /The sound of this page has ended/);
  assert.equal(words(player(null, { listeningEnded: "needs 44100 Hz" })), "needs 44100 Hz");
  assert.match(words(player(on, { patch: { "clip.sound": "" } })), /taken out/);
  assert.equal(words(player(on, { patch: { "clip.sound": "" } }), false), ""); // the kernel has not set it yet
  assert.match(words(player({ feedsBack: true, state: "on" })), /hears the loudspeaker/);
});

test("where another engine follows that cannot listen, the microphone is closed and it is said why", () => {
  const listener = new Listener();
  let closed = 0;
  const opened = { kind: "microphone", latency: 0, node: () => {}, state: () => "on", close: () => closed++ };
  const host = (/** @type {string} */ error) => ({
    listen: (/** @type {any} */ given) => {
      if (error && given) throw new Error(error);
    },
  });
  listener.listen(/** @type {any} */ (opened), /** @type {any} */ (host("")));
  assert.ok(listener.ear);
  listener.follow(/** @type {any} */ (host("Live sound needs 44100 Hz.")));
  assert.deepEqual([listener.ear, listener.ended, closed], [null, "Live sound needs 44100 Hz.", 1]);
});

test("how late it is heard is added up", () => {
  const parts = /** @type {[string, number][]} */ ([
    ["input", 10.4],
    ["encoder", 46.4],
  ]);
  assert.equal(latencyWords(parts), "Heard 57 ms later: input 10, encoder 46.");
});
