// The audio thread's player as a process, for Python's tests: each line of stdin is a list of what happens, as
// ["take", message, samples] or ["play", quanta]; each answer is the report then.
import { createInterface } from "node:readline";

import { StreamPlayer } from "../../src/audio/stream_player.js";

const [sampleRate] = process.argv.slice(2).map(Number);
const player = new StreamPlayer(sampleRate, () => {});
let out = [new Float32Array(128)];

for await (const line of createInterface({ input: process.stdin })) {
  for (const [what, subject, samples] of JSON.parse(line)) {
    if (what === "play") for (let k = 0; k < subject; k++) player.play(out);
    else if (subject.type === "pcm") player.take({ ...subject, samples: new Float32Array(samples) });
    else player.take(subject);
    if (what === "take" && subject.type === "start") {
      out = Array.from({ length: subject.channels }, () => new Float32Array(128));
    }
  }
  process.stdout.write(`${JSON.stringify(player.report())}\n`);
}
