import assert from "node:assert/strict";
import test from "node:test";
import { CurveBank, RATE, SHOWN } from "../../src/widgets/modulate/curve_bank.js";

/** @param {CurveBank} bank @param {number} latent */
const curve = (bank, latent) => Array.from({ length: SHOWN }, (_, k) => bank.value(latent, k));

const SINE = {
  "modulators.energy": [3, 0, 1.5],
  "modulators.basis": "sine",
  "modulators.loop_in": "seconds",
  "modulators.loop": 2,
};

test("a curve is the last four seconds of its latent's modulator, and those that rest have none", () => {
  const bank = new CurveBank();
  bank.configure(SINE, 3);
  assert.deepEqual(bank.moving, [0, 2]);
  assert.equal(bank.reach, 3);
  for (let k = 0; k < 10 * RATE; k++) bank.advance(1 / RATE + 1e-9);
  const [large, small] = [curve(bank, 0), curve(bank, 2)];
  large.forEach((value, k) => {
    // ten seconds are five loops: the picture begins where a loop does
    assert.ok(Math.abs(value - 3 * Math.sin((2 * Math.PI * k) / (2 * RATE))) < 1e-5);
    assert.ok(Math.abs(small[k] - value / 4) < 1e-5);
  });
});

test("a trigger begins a loop again, another tempo does not, and an engine's place is taken", () => {
  const bank = new CurveBank();
  const bars = { ...SINE, "modulators.loop_in": "bars", "modulators.loop": 1 };
  bank.configure(bars, 3);
  for (let k = 0; k < 15; k++) bank.advance(1 / RATE + 1e-9); // a quarter of a bar
  bank.configure({ ...bars, "clock.tempo": 60 }, 3);
  bank.advance(1 / RATE + 1e-9);
  assert.ok(Math.abs(bank.value(0, SHOWN - 1) - 3) < 1e-3);
  bank.configure({ ...bars, "modulators.triggers": 1 }, 3);
  bank.advance(1 / RATE + 1e-9);
  assert.ok(Math.abs(bank.value(0, SHOWN - 1)) < 1e-6);
  bank.place([0.75, 0.75, 0.75]);
  bank.advance(1 / RATE + 1e-9);
  assert.ok(Math.abs(bank.value(0, SHOWN - 1) + 3) < 1e-6);
});

test("a page that slept goes on from now, and a still picture is whole at once", () => {
  const bank = new CurveBank();
  bank.configure(SINE, 3);
  bank.advance(3600);
  assert.equal(curve(bank, 0).filter((value) => value !== 0).length < RATE + 1, true);
  bank.fill();
  assert.ok(Math.abs(bank.value(0, RATE / 2) - 3) < 1e-5);
});
