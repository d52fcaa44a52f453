// A button that records from the microphone of the page's own machine; the recording crosses like a chosen file.
// microphone.py puts it together with what it imports.

import { Recording } from "../../audio/recording.js";
import { keepHearing } from "../base/hearing.js";
import { howFar, Port } from "../files/file_transfer.js";

/** @typedef {import("../files/file_transfer.js").Model} MicrophoneModel */

const METER_FLOOR_DB = -60;
const LEVEL_MS = 80;

class Recorder extends Port {
  /** @param {MicrophoneModel} model */
  constructor(model) {
    super(model);
    /** @type {Recording | null} */ this.recording = null;
    this.asking = false;
    this.drawn = 0;
  }

  close() {
    super.close();
    this.recording?.end();
    this.recording = null;
  }

  /** Inside the user's click. */
  async record() {
    if (this.asking || this.now) return;
    this.asking = true;
    this.failed = false;
    this.said = "";
    this.update();
    try {
      this.recording = await Recording.begin(() => this.heard());
    } catch (error) {
      this.failed = true;
      this.said = error instanceof Error ? error.message : String(error);
    }
    this.asking = false;
    this.update();
  }

  heard() {
    if (!this.recording) return;
    if (this.recording.seconds >= this.model.get("longest")) return this.finish(true);
    const now = performance.now();
    if (now - this.drawn < LEVEL_MS) return;
    this.drawn = now;
    this.update();
  }

  /** @param {boolean} keep */
  finish(keep) {
    const { recording } = this;
    if (!recording) return;
    recording.end();
    this.recording = null;
    if (keep && recording.frames) this.offer([recording.file(this.model.get("longest"))]);
    this.update();
  }
}

/** @param {Recorder} recorder @param {HTMLElement} el */
function drawRecorder(recorder, el) {
  const { model } = recorder;
  const root = document.createElement("div");
  root.className = "tw-port";
  const button = document.createElement("button");
  const discard = document.createElement("button");
  const meter = document.createElement("meter");
  const line = document.createElement("div");
  button.type = discard.type = "button";
  discard.textContent = "Discard";
  discard.title = "Stop, and keep nothing";
  Object.assign(meter, { min: METER_FLOOR_DB, max: 0, high: -3, optimum: -20 });
  meter.setAttribute("aria-label", "Level of the microphone in dB below full scale");
  line.className = "tw-port-line";
  line.setAttribute("role", "status");
  root.append(button, discard, meter, line);
  el.appendChild(root);

  const update = () => {
    const { recording } = recorder;
    const longest = model.get("longest");
    button.textContent = recording ? "Stop and keep" : "Microphone…";
    button.title = recording ? "The recording becomes a sound" : `From this machine's microphone, up to ${longest} s`;
    // Not while it waits: a disabled button loses the focus, and who uses keys their place.
    button.disabled = model.get("disabled") && !recording;
    button.setAttribute("aria-disabled", String(recorder.asking || recorder.now !== null));
    discard.hidden = meter.hidden = !recording;
    let words = recorder.said;
    if (recorder.asking) words = "The browser asks whether the microphone may be used.";
    else if (recorder.now) words = howFar(recorder.now);
    else if (recording) {
      meter.value = 20 * Math.log10(Math.max(recording.takePeak(), 1e-3));
      words = `Recording, ${recording.seconds.toFixed(1)} of ${longest} s`;
    }
    if (line.textContent !== words) line.textContent = words;
    line.classList.toggle("tw-port-failed", recorder.failed && !recording);
    line.setAttribute("aria-live", recording || recorder.now ? "off" : "polite");
  };

  button.addEventListener("click", () => (recorder.recording ? recorder.finish(true) : void recorder.record()));
  discard.addEventListener("click", () => recorder.finish(false));
  model.on("change:disabled change:longest", update);
  recorder.views.add(update);
  update();
  return () => {
    model.off("change:disabled change:longest", update);
    recorder.views.delete(update);
    root.remove();
    // Nobody could stop it any more. (A view that moves is made anew at once.)
    setTimeout(() => recorder.views.size || recorder.finish(false), 500);
  };
}

// A function: anywidget calls it once per model, so every model has a recorder of its own.
export default () => {
  /** @type {Recorder | null} */ let recorder = null;
  return {
    /** @param {{model: MicrophoneModel}} context */
    initialize({ model }) {
      const made = new Recorder(model);
      keepHearing({ model });
      recorder = made;
      return () => made.close();
    },
    /** @param {{model: MicrophoneModel, el: HTMLElement}} context */
    render({ el }) {
      return recorder ? drawRecorder(recorder, el) : undefined;
    },
  };
};
