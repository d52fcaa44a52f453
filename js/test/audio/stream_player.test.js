import assert from "node:assert/strict";
import { test } from "node:test";

import { StreamPlayer } from "../../src/audio/stream_player.js";

const RATE = 16000;
const QUANTUM = 128;

/** A player that has a stream of one channel at the context's rate, with a lead of 1024 samples. @param {object} [start] */
function begun(start = {}) {
  /** @type {any[]} */ const reports = [];
  let clock = 1000;
  const player = new StreamPlayer(
    RATE,
    (report) => reports.push(report),
    () => clock,
  );
  const facts = { type: /** @type {const} */ ("start"), stream: 1, rate: RATE, channels: 1, lead: 1024 / RATE };
  player.take({ ...facts, spare: 0.25, engine_seconds: 0, panics: 0, ...start });
  let seq = 0;
  return {
    player,
    reports,
    /** Send so many samples of one value. @param {number} count @param {number} [value] @param {object} [more] */
    send: (count, value = 1, more = {}) =>
      player.take({ type: "pcm", stream: 1, seq: seq++, samples: new Float32Array(count).fill(value), ...more }),
    /** Play so many quanta. @param {number} quanta @returns {number[]} */
    play: (quanta) => {
      /** @type {number[]} */ const heard = [];
      for (let k = 0; k < quanta; k++) {
        const out = [new Float32Array(QUANTUM)];
        player.play(out);
        heard.push(...out[0]);
        clock += QUANTUM / RATE;
      }
      return heard;
    },
  };
}

/** @param {number[]} samples */
const steepest = (samples) => Math.max(...samples.slice(1).map((value, n) => Math.abs(value - samples[n])));

test("it waits for the lead, fades in over 256 samples, and then plays every sample as it came", () => {
  const { player, send, play } = begun();
  send(1000);
  assert.ok(play(3).every((value) => value === 0));
  assert.equal(player.state, "waiting");
  player.take({ type: "pcm", stream: 1, seq: 1, samples: Float32Array.from({ length: 1000 }, (_, n) => n) });
  const heard = play(10);
  assert.ok(Math.abs(heard[127] - 0.5) < 1e-6 && heard[255] === 1);
  assert.deepEqual(heard.slice(1000, 1280), [...Array(280).keys()]);
});

test("before it runs dry it fades out; that is one underrun, and it waits for the lead again", () => {
  const { player, send, play } = begun();
  send(2000);
  const heard = play(30);
  assert.ok(steepest(heard) <= 1 / 127);
  assert.equal(heard.at(-1), 0);
  assert.deepEqual([player.state, player.underruns], ["waiting", 1]);
  send(500);
  play(10);
  assert.equal(player.state, "waiting");
  send(600);
  play(1);
  assert.equal(player.state, "playing");
  assert.ok(Math.abs(player.stalled - (24.375 * QUANTUM) / RATE) < (2 * QUANTUM) / RATE);
});

test("running dry after an idle message is no underrun", () => {
  const { player, send, play, reports } = begun();
  send(2000);
  player.take({ type: "idle", stream: 1 });
  play(40);
  assert.equal(player.underruns, 0);
  assert.equal(reports.at(-1).state, "idle");
  player.take({ type: "resume", stream: 1 });
  send(2000);
  play(4);
  assert.equal(player.state, "playing");
});

test("what comes in a heap after a stall is skipped down to the lead, without a click", () => {
  const { player, send, play } = begun();
  send(2000);
  play(4);
  send(10_000);
  const heard = play(8);
  assert.deepEqual([player.skips, player.underruns], [1, 0]);
  assert.ok(player.ring.level <= 1024);
  assert.ok(steepest(heard) <= 1 / 255);
});

test("panic is silence within 96 samples and until the next stream", () => {
  const { player, send, play } = begun();
  send(4000);
  play(4);
  player.take({ type: "panic" });
  const heard = play(1);
  assert.equal(heard[96], 0);
  assert.ok(heard[0] > 0.9 && steepest(heard) <= 1 / 95);
  send(4000);
  assert.ok(play(20).every((value) => value === 0));
  assert.equal(player.state, "muted");
  player.take({ type: "panic", stream: 1 }); // twice is once
  player.take({ type: "start", stream: 2, rate: RATE, channels: 1, lead: 0.01, engine_seconds: 0, panics: 1 });
  player.take({ type: "panic", stream: 1 }); // of the stream before
  player.take({ type: "pcm", stream: 2, seq: 0, samples: new Float32Array(1000).fill(1) });
  assert.ok(play(4).some((value) => value > 0));
});

test("a stream that stops fades out within 256 samples", () => {
  const { player, send, play } = begun();
  send(4000);
  play(4);
  player.take({ type: "stop", stream: 1 });
  const heard = play(3);
  assert.ok(steepest(heard) <= 1 / 255 && heard[256] === 0);
  assert.equal(player.state, "off");
});

test("messages of another stream are dropped, and a gap in the numbers is counted", () => {
  const { player, send, play } = begun();
  player.take({ type: "pcm", stream: 7, seq: 0, samples: new Float32Array(5000) });
  player.take({ type: "stop", stream: 7 });
  assert.deepEqual([player.received, player.state], [0, "waiting"]);
  send(2000);
  player.take({ type: "pcm", stream: 1, seq: 5, samples: new Float32Array(10) });
  assert.equal(player.lost, 1);
  play(1);
  assert.equal(player.received, 2010);
});

test("a report tells level, loudness and age of the tenth of a second since the last", () => {
  const { player, send, play, reports } = begun({ spare: 1 });
  send(8000, 0.5, { sent_at: 999.9 });
  play(13); // 1664 samples: a tenth of a second and a bit
  assert.equal(reports.length, 1);
  const [report] = reports;
  assert.equal(report.state, "playing");
  assert.equal(report.level, 8000 - 1664);
  assert.equal(report.lowest, report.level);
  assert.ok(report.mean > report.level && report.mean < 8000);
  assert.equal(report.peak, 0.5);
  assert.ok(report.rms > 0.4 && report.rms < 0.5);
  assert.ok(Math.abs(report.age - (0.1 + (12 * QUANTUM) / RATE - 1664 / RATE)) < 0.001);
  assert.equal(player.report().peak, 0); // counted anew
});

test("whatever comes when, no step of a steady signal is steeper than its shortest fade", () => {
  let seed = 12345;
  const random = () => {
    seed = (1103515245 * seed + 12345) % 2147483648;
    return seed / 2147483648;
  };
  for (let run = 0; run < 20; run++) {
    const { player, send, play } = begun();
    let last = 0;
    for (let turn = 0; turn < 200; turn++) {
      const chance = random();
      if (chance < 0.6) send(Math.floor(random() * 600));
      else if (chance < 0.65) send(6000);
      else if (chance < 0.7) player.take({ type: random() < 0.5 ? "idle" : "resume", stream: 1 });
      else if (chance < 0.72) player.take({ type: "lead", stream: 1, lead: 0.02 + random() / 10 });
      const heard = [last, ...play(1 + Math.floor(random() * 3))];
      assert.ok(steepest(heard) <= 1 / 95, `run ${run}, turn ${turn}`);
      assert.ok(heard.every((value) => value >= 0 && value <= 1));
      last = /** @type {number} */ (heard.at(-1));
    }
  }
});
