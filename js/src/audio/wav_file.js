// A WAV file of float32 samples, made in the page.

const HEADER = 44;

/**
 * @param {Float32Array[]} channels equally long
 * @param {number} rate Hz
 * @param {string} name of the file
 * @returns {File}
 */
export function wavFile(channels, rate, name) {
  const count = channels.length;
  const bytes = 4 * count * channels[0].length;
  const content = new DataView(new ArrayBuffer(HEADER + bytes));
  const text = (/** @type {number} */ at, /** @type {string} */ letters) => {
    for (let k = 0; k < letters.length; k++) content.setUint8(at + k, letters.charCodeAt(k));
  };
  text(0, "RIFF");
  content.setUint32(4, HEADER - 8 + bytes, true);
  text(8, "WAVEfmt ");
  content.setUint32(16, 16, true);
  content.setUint16(20, 3, true); // float
  content.setUint16(22, count, true);
  content.setUint32(24, rate, true);
  content.setUint32(28, 4 * count * rate, true);
  content.setUint16(32, 4 * count, true);
  content.setUint16(34, 32, true);
  text(36, "data");
  content.setUint32(40, bytes, true);
  const samples = new Float32Array(content.buffer, HEADER);
  channels.forEach((channel, k) => {
    for (let n = 0; n < channel.length; n++) samples[n * count + k] = channel[n];
  });
  return new File([content.buffer], name, { type: "audio/wav" });
}
