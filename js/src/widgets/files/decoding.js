// Sounds that browsers decode and the kernel does not, as phones and Macs record them, films among them: decoded here, and
// sent as WAV. What the browser cannot decode goes as it is, and the kernel says what it is and which command converts it.

import { wavFile } from "../../audio/wav_file.js";

const RATE = 48_000; // Hz; decodeAudioData resamples to its context's rate, and phones record at this one
const LARGEST = 1_000_000_000; // bytes that are held in memory to be decoded

/**
 * Whether a file is one that should be decoded here.
 * @param {{name: string, type: string}} file
 * @param {string[]} suffixes with their dots, in small letters
 */
export function isDecodedHere({ name, type }, suffixes) {
  const suffix = name.slice(name.lastIndexOf(".")).toLowerCase();
  return suffixes.includes(suffix) || (suffixes.length > 0 && type.startsWith("video/"));
}

/**
 * The file's sound as a WAV file of the same name, or the file itself where the browser cannot decode it.
 * @param {File} file
 * @param {(bytes: ArrayBuffer) => Promise<AudioBuffer>} [decode]
 * @returns {Promise<File>}
 */
export async function decoded(file, decode = decodeHere) {
  if (file.size > LARGEST) return file;
  try {
    const sound = await decode(await file.arrayBuffer());
    const channels = Array.from({ length: sound.numberOfChannels }, (_, k) => sound.getChannelData(k));
    if (!channels.length || !channels[0].length) return file;
    const dot = file.name.lastIndexOf(".");
    return wavFile(channels, sound.sampleRate, `${dot > 0 ? file.name.slice(0, dot) : file.name}.wav`);
  } catch {
    return file;
  }
}

/** @param {ArrayBuffer} bytes */
function decodeHere(bytes) {
  return new OfflineAudioContext(1, 1, RATE).decodeAudioData(bytes);
}
