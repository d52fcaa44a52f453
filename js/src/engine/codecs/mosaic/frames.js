// Frames of a sound: where they lie, their windows.

export const SAMPLE_RATE = 44100; // Hz
export const WINDOW = 4096; // samples
export const HOP = 512; // samples
export const BINS = WINDOW / 2 + 1;
const OVERLAP = WINDOW / HOP;
const POWER_SUM = (3 / 8) * OVERLAP; // of the squared windows at any sample

/** Hann window of analysis. */
export const HANN = Float32Array.from({ length: WINDOW }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / WINDOW));

/** The same, so that overlapping frames add up to what they were taken from. */
export const SYNTHESIS = HANN.map((value) => value / POWER_SUM);

/** A frame's samples times this are what its spectrum gives when it is transformed back and windowed once more. */
export const BOTH_WINDOWS = HANN.map((value, i) => value * SYNTHESIS[i]);

/** What the seven frames before add to the samples of a frame: a sound that begins in the middle has it from the start. */
export const RUN_UP = new Float32Array(WINDOW);
for (let earlier = 1; earlier < OVERLAP; earlier++) {
  for (let i = earlier * HOP; i < WINDOW; i++) RUN_UP[i - earlier * HOP] += BOTH_WINDOWS[i];
}
