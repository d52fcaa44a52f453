// The sound's panel, one for each view: the switch, the outputs, the volume, the meter, and how it is doing.

import { decibels, FLOOR_DB, signed } from "../../shared/decibels.js";
import { slider } from "../../shared/own_keys.js";
import {
  breaks,
  gapWords,
  latencyLine,
  latencyParts,
  limiterWords,
  loadWords,
  nanWords,
  stateSentence,
} from "./sound_words.js";

const HOLD_MS = 1500;
const STALE_MS = 700; // levels come ten times a second while something plays
const NUMBERS_MS = 400; // numbers that change faster cannot be read

/** @typedef {import("./page_sound.js").PageSound} PageSound */
/** @typedef {import("./sound_words.js").Levels} Levels */

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {string} name of the class, without its prefix
 * @param {HTMLElement} parent
 * @param {string} [text]
 * @param {string} [title]
 * @returns {HTMLElementTagNameMap[T]}
 */
function add(tag, name, parent, text = "", title = "") {
  const node = document.createElement(tag);
  if (name) node.className = `terrain-sink-${name}`;
  if (text) node.textContent = text;
  if (title) node.title = title;
  parent.appendChild(node);
  return node;
}

/** @param {HTMLElement} node @param {string} text */
function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** @param {HTMLElement} parent */
function addMeter(parent) {
  const meter = add("div", "meter", parent, "", "Loudness in dB below full scale; the line holds the peak");
  meter.setAttribute("role", "meter");
  meter.setAttribute("aria-label", "Sound level");
  meter.setAttribute("aria-valuemin", String(FLOOR_DB));
  meter.setAttribute("aria-valuemax", "0");
  const bar = add("div", "bar", meter);
  const hold = add("div", "hold", meter);
  let held = FLOOR_DB;
  let heldAt = 0;
  /** @param {number} db */
  const share = (db) => (Math.min(0, Math.max(FLOOR_DB, db)) - FLOOR_DB) / -FLOOR_DB;
  return (/** @type {number} */ peak, /** @type {number} */ rms) => {
    const now = performance.now();
    if (peak >= held || now - heldAt > HOLD_MS) [held, heldAt] = [peak, now];
    bar.style.transform = `scaleX(${share(rms).toFixed(3)})`;
    hold.style.left = `${(100 * share(held)).toFixed(1)}%`;
    hold.hidden = held <= FLOOR_DB;
    meter.classList.toggle("terrain-sink-hot", held > -3);
    meter.setAttribute("aria-valuenow", Math.max(FLOOR_DB, rms).toFixed(0));
    meter.setAttribute("aria-valuetext", rms <= FLOOR_DB ? "silence" : signed(rms));
    return held > FLOOR_DB;
  };
}

/** @param {PageSound} sound @param {HTMLElement} parent */
function addOutputs(sound, parent) {
  const { model } = sound;
  const label = add("label", "outputs", parent, "", "Where the sound comes out");
  add("span", "", label, "Output");
  const select = add("select", "", label);
  let shown = "";
  select.addEventListener("change", () => void sound.choose(select.value));
  return () => {
    /** @type {{id: string, label: string}[]} */ const outputs = model.get("outputs") || [];
    label.hidden = outputs.length < 2;
    const key = JSON.stringify(outputs);
    if (key !== shown) {
      shown = key;
      // Text only: a device's name is whatever its maker or user has written.
      select.replaceChildren(...outputs.map(({ id, label: text }) => new Option(text, id)));
    }
    select.value = model.get("output");
    select.disabled = sound.starting;
  };
}

/** @param {PageSound} sound @param {HTMLElement} parent */
function addVolume(sound, parent) {
  const { model } = sound;
  const label = add("label", "volume", parent, "", "Loudness behind everything else");
  add("span", "", label, "Volume");
  const volume = slider({ min: FLOOR_DB, max: 0, step: 1 });
  label.append(volume);
  const value = add("span", "db", label);
  volume.addEventListener("input", () => sound.tellKernel("volume_db", Number(volume.value)));
  return () => {
    const db = model.get("volume_db");
    if (document.activeElement !== volume) volume.value = String(db);
    setText(value, db <= FLOOR_DB ? "silent" : signed(db));
    volume.setAttribute("aria-valuetext", value.textContent || "");
  };
}

/** @param {PageSound} sound @param {HTMLElement} parent */
function addNumbers(sound, parent) {
  const latency = add("div", "latency", parent, "", "From your hand to your ear, part by part, in milliseconds");
  const row = add("div", "numbers", parent);
  const broken = add("span", "", row, "", "How often the sound broke up since it was turned on");
  const load = add("span", "load", row, "", "Time to decode a sound over its length; at 100 % it breaks up");
  const nan = add("span", "nan", row, "", "Samples and latents that were no numbers, and were muted");
  let next = 0;
  let shown = "";
  return (/** @type {Levels} */ levels) => {
    const now = performance.now();
    const what = `${sound.on} ${sound.model.get("output")}`;
    if (now < next && what === shown) return;
    [next, shown] = [now + NUMBERS_MS, what];
    setText(latency, latencyLine(latencyParts(sound, levels)));
    const page = sound.toPage ? sound.stream.reports.newest || { underruns: 0 } : null;
    const broke = sound.made ? gapWords(sound.engine.player.gaps) : breaks(page, levels);
    setText(broken, sound.on ? broke : "");
    setText(load, sound.on && !sound.made ? loadWords(levels) : "");
    load.classList.toggle("terrain-sink-hot", (levels.load || 0) > 0.8);
    setText(nan, nanWords(levels));
  };
}

/**
 * @param {PageSound} sound
 * @param {HTMLElement} el
 * @returns {() => void} takes the panel away
 */
export function draw(sound, el) {
  const { model } = sound;
  const root = add("div", "", el);
  root.className = "terrain-sink";
  const row = add("div", "row", root);
  const power = add("button", "power", row);
  const panic = add("button", "panic", row, "Panic", "Silence at once (Esc; Shift+Esc from anywhere)");
  power.type = panic.type = "button";
  const showVolume = addVolume(sound, row);
  const showOutputs = addOutputs(sound, root);
  const outputLine = add("div", "output-line", root);
  const meterRow = add("div", "row", root);
  const showMeter = addMeter(meterRow);
  const limiter = add("span", "limiter", meterRow, "limiter", "The limiter keeps peaks below −1 dB full scale");
  const line = add("div", "line", root);
  const state = add("span", "state", line);
  state.setAttribute("role", "status"); // read out when it changes; the numbers are not
  const resume = add("button", "resume", line, "Go on", "Let the browser go on playing");
  const rescue = add(
    "button",
    "rescue",
    line,
    "Download the take",
    "End the recording, and save its files by the browser",
  );
  resume.type = rescue.type = "button";
  const showNumbers = addNumbers(sound, root);
  const said = add("div", "said", root);
  let timer = 0;

  const update = () => {
    const { on } = sound;
    const report = sound.stream.reports.newest;
    setText(power, on ? "Sound off" : "Turn sound on");
    power.setAttribute("aria-pressed", String(on));
    power.disabled = sound.starting;
    panic.disabled = !on;
    showVolume();
    showOutputs();
    setText(outputLine, model.get("output_line") || "");
    /** @type {Levels} */ const levels = model.get("levels") || {};
    const fresh = on && performance.now() - sound.levelsAt < STALE_MS;
    let [peak, rms] = [FLOOR_DB, FLOOR_DB];
    const made = on && sound.made ? sound.engine.reports.newest : null;
    if (made) [peak, rms] = [made.peakDb, made.rmsDb];
    else if (on && sound.toPage) [peak, rms] = [decibels(report?.peak || 0), decibels(report?.rms || 0)];
    else if (fresh) [peak, rms] = [levels.peak_db ?? FLOOR_DB, levels.rms_db ?? FLOOR_DB];
    const moving = showMeter(peak, rms);
    const limiting = made ? limiterWords({ limiter_db: made.limiterDb }) : fresh ? limiterWords(levels) : "";
    setText(limiter, limiting || "limiter");
    limiter.classList.toggle("terrain-sink-lit", limiting !== "");
    limiter.setAttribute("aria-label", `Limiter: ${limiting || "at rest"}`);
    setText(state, stateSentence(sound));
    resume.hidden = !(on && sound.paused);
    rescue.hidden = !sound.engine.stranded;
    showNumbers(levels);
    setText(said, model.get("status_text") || "");
    // Nothing more may come, and the meter still has to fall.
    clearTimeout(timer);
    if (moving) timer = window.setTimeout(update, STALE_MS);
  };

  power.addEventListener("click", () => (sound.on ? sound.turnOff("") : void sound.turnOn()));
  panic.addEventListener("click", () => sound.panic());
  resume.addEventListener("click", () => sound.resume());
  rescue.addEventListener("click", () => sound.engine.download());
  sound.views.add(update);
  update();
  return () => {
    sound.views.delete(update);
    clearTimeout(timer);
    root.remove();
    // Nobody can turn it off any more, say because its cell was run again. (A view that moves is made anew at once.)
    setTimeout(() => {
      if (sound.views.size) return;
      if (sound.playing) sound.turnOff("The panel was closed.");
      sound.engine.unseen();
    }, 500);
  };
}
