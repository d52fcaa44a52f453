// What the sound panel says: sentences and numbers from what is known of the sound, and nothing else.

import { signed } from "../../shared/decibels.js";
import { HUSHED } from "../../shared/escape.js";
import { DEAF } from "../../shared/kernel_answers.js";

export const PAGE = "page"; // the output that is made in this page
export const STREAM = "stream"; // the output that is this page, made by the kernel; all others belong to the kernel

/**
 * What the kernel tells of its engine; every field may be missing.
 * @typedef {{peak_db?: number, rms_db?: number, limiter_db?: number, load?: number, xruns?: number,
 *   nan_count?: number, latency?: [string, number][]}} Levels
 */

/**
 * A sum that is right as it is read: the total of the rounded parts.
 * @param {[string, number][]} parts name and milliseconds, in the order in which sound meets them
 */
export function latencyLine(parts) {
  const rounded = parts.map(([name, ms]) => /** @type {[string, number]} */ ([name, Math.round(ms) || 0]));
  if (!rounded.length) return "";
  const total = rounded.reduce((sum, [, ms]) => sum + ms, 0);
  const named = rounded.map(([name, ms]) => `${name} ${ms}`).join(" + ");
  return `latency ${total} ms = ${named}`;
}

/** @param {number} count @param {string} one */
const counted = (count, one) => `${count} ${one}${count === 1 ? "" : "s"}`;

/**
 * How often the sound broke up: in the page because it came too late (an underrun) or in a heap (a skip), in the
 * kernel because the engine was too slow.
 * @param {{underruns: number, skips?: number} | null} page its report, or null where another output plays
 * @param {Levels} levels
 */
export function breaks(page, levels) {
  const xruns = levels.xruns || 0;
  if (!page) return counted(xruns, "xrun");
  const words = [counted(page.underruns, "underrun")];
  if (page.skips) words.push(counted(page.skips, "skip"));
  if (xruns) words.push(counted(xruns, "xrun"));
  return words.join(", ");
}

/** Gaps in the sound of the page's engine. @param {number} gaps */
export const gapWords = (gaps) => counted(gaps, "underrun");

/** @param {Levels} levels */
export function loadWords({ load }) {
  return load === undefined ? "" : `decode load ${Math.round(100 * load)} %`;
}

/** @param {Levels} levels */
export function nanWords({ nan_count: count }) {
  return count ? `${count} NaN muted` : "";
}

/** @param {Levels} levels */
export function limiterWords({ limiter_db: db }) {
  return db && db > 0.1 ? `limiting ${signed(-Math.max(1, db))}` : "";
}

const STALL_SHOWN_MS = 8000;
const WORDS = { playing: "Playing.", fading: "Playing.", idle: "Ready, nothing to hear." };

/** How the sound that is made here stands. @param {import("./page_engine.js").PageEngine} engine */
function madeSentence(engine) {
  if (engine.player.error) return engine.player.error;
  if (engine.player.paused) return "The browser has paused the sound.";
  if (engine.player.hushed) return HUSHED;
  if (engine.deaf) return DEAF;
  if (!engine.player.ready) return "Ready; there is nothing to play yet.";
  return engine.reports.newest?.silent === false ? WORDS.playing : WORDS.idle;
}

/**
 * How it stands, in one sentence.
 * @param {import("./page_sound.js").PageSound} sound
 */
export function stateSentence(sound) {
  const { speaker, reports, line } = sound.stream;
  const report = reports.newest;
  if (sound.starting) return sound.note || "Sound is starting.";
  if (!sound.on) return sound.note || "Sound is off.";
  if (sound.note) return sound.note;
  if (sound.made) return madeSentence(sound.engine);
  if (!sound.toPage) return sound.panicked.silent ? "Panic: silent until the next touch." : "Sound is on.";
  if (!speaker?.running) return "The browser has paused the sound.";
  if (!report || report.stream === 0) return "Sound is starting.";
  if (sound.panicked.silent) return "Panic: silent until the next touch.";
  if (reports.stalledAt && performance.now() - reports.stalledAt < STALL_SHOWN_MS && report.stalled > 0) {
    const busy = line.streaming ? "machine or network were" : "kernel was";
    return `Sound stopped for ${report.stalled.toFixed(1)} s because the ${busy} busy.`;
  }
  return WORDS[/** @type {keyof typeof WORDS} */ (report.state)] || "Sound is starting.";
}

/**
 * The parts of the latency: the kernel's, then what only the page knows.
 * @param {import("./page_sound.js").PageSound} sound
 * @param {Levels} levels
 * @returns {[string, number][]}
 */
export function latencyParts(sound, levels) {
  if (!sound.on) return [];
  if (sound.made) return sound.engine.player.latencyParts;
  /** @type {[string, number][]} */ const parts = [...(levels.latency || [])];
  const { speaker, reports, network } = sound.stream;
  const report = reports.newest;
  if (!sound.toPage) return parts;
  if (!report || !speaker) return [];
  if (!parts.length && sound.stream.engineSeconds) parts.push(["engine", 1000 * sound.stream.engineSeconds]);
  if (network.ms >= 1) parts.push(["network", network.ms]);
  // A resting page is empty, but what comes next will wait for the lead again.
  parts.push(["lead", 1000 * (report.state === "playing" ? reports.buffered : sound.stream.lead)]);
  parts.push(["output", 1000 * speaker.latency]);
  return parts;
}
