// The audio thread: hands messages to a stream's player, and the player's samples to the loudspeakers.
// browser_sink.py sends the built text in a synced trait; it is loaded from a Blob.

import { StreamPlayer } from "./stream_player.js";

class TerrainSink extends AudioWorkletProcessor {
  constructor() {
    super();
    this.player = new StreamPlayer(sampleRate, (report) => this.port.postMessage(report));
    this.port.onmessage = ({ data }) => {
      // A port of the engine's own connection: what comes there does not wait for the page.
      if (data.type === "line")
        data.port.onmessage = (/** @type {MessageEvent} */ event) => this.player.take(event.data);
      else this.player.take(data);
    };
  }

  /** @param {Float32Array[][]} _inputs @param {Float32Array[][]} outputs */
  process(_inputs, [out]) {
    this.player.play(out);
    return true;
  }
}

registerProcessor("terrain-sink", TerrainSink);
