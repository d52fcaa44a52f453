// A recording, as the page keeps it until the kernel has written it: a kernel that is gone must not take it along.

import { wavFile } from "../../audio/wav_file.js";
import { takeFiles } from "../../engine/audio/takes/take_file.js";

const LONGEST = 80_000_000; // samples that are kept, half an hour at 44.1 kHz; more only the kernel has

export class PageRecording {
  /** @param {number} number Of this kernel's recordings. */
  constructor(number) {
    const stamp = new Date().toISOString().slice(0, 19).replace("T", "-").replaceAll(":", "");
    this._name = `take-${stamp.replaceAll("-", "")}-${number}`;
    /** The kernel could not write it. */
    this.refused = false;
    /** @type {Float32Array[][]} */
    this._parts = [];
    this._samples = 0;
    /** Latents and samples of what was heard live. @type {Float32Array[][]} */
    this._live = [];
    /** @type {import("../../engine/audio/takes/recorder.js").Recorded | null} */
    this._take = null;
  }

  /** Whether it has ended. */
  get whole() {
    return this._take !== null;
  }

  /**
   * Some more of it.
   * @param {Float32Array[]} audio By channel.
   * @param {Float32Array[]} live Latents and samples of what was heard live, or nothing.
   */
  sound(audio, live) {
    this._samples += audio[0].length;
    if (this._samples >= LONGEST) return;
    this._parts.push(audio);
    if (live.length) this._live.push(live);
  }

  /**
   * It has ended. The kernel has what was heard live.
   * @param {import("../../engine/audio/takes/recorder.js").Recorded} recorded
   */
  end(recorded) {
    this._take = recorded;
    return takeFiles(recorded, `${this._name}.wav`);
  }

  /** Its three files, named alike. @returns {File[]} */
  files() {
    if (!this._take) return [];
    const whole = (/** @type {Float32Array[][]} */ parts) =>
      parts[0]?.map((_, k) => joined(parts.map((part) => part[k])));
    const { text, arrays } = takeFiles(this._take, `${this._name}.wav`, whole(this._live));
    return [
      wavFile(whole(this._parts) ?? [new Float32Array(0)], this._take.sampleRate, `${this._name}.wav`),
      new File([text], `${this._name}.json`, { type: "application/json" }),
      new File([Uint8Array.from(arrays)], `${this._name}.safetensors`),
    ];
  }

  /** To the user's downloads. */
  download() {
    for (const file of this.files()) {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(file);
      link.download = file.name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    }
  }
}

/** @param {Float32Array[]} parts */
function joined(parts) {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
