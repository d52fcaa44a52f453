// A piece in one file: plays from a disk or any web server, without kernel, server, network or installation.

import { element } from "./elements.js";
import { Face } from "./face.js";
import { Player } from "./player.js";
import { readPacked } from "./setup.js";

/** @param {string} name @returns {any} */
const stored = (name) => JSON.parse(/** @type {HTMLElement} */ (document.getElementById(name)).textContent ?? "null");

/** Bytes of compressed text. @param {string} text Base64 of gzip. */
async function unpacked(text) {
  const packed = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** A bundle of files: for each its length, then all contents. @param {Uint8Array} bundle @param {number[]} lengths */
function split(bundle, lengths) {
  let at = 0;
  return lengths.map((length) => {
    at += length;
    return bundle.subarray(at - length, at);
  });
}

/** What was written by halves: of numbers of 16 bits first all low bytes, then all high ones. @param {Uint8Array} halves */
function joined(halves) {
  const low = Math.ceil(halves.length / 2);
  return Uint8Array.from(halves, (_, at) => halves[(at >> 1) + (at % 2 ? low : 0)]);
}

async function begin() {
  const root = /** @type {HTMLElement} */ (document.getElementById("piece"));
  const piece = stored("content");
  const parts = split(await unpacked(stored("data")), piece.lengths);
  const [worklet, decoder, mapping, things, picture] = parts;
  /** @type {Face | null} */
  let face = null;
  const player = new Player({
    worklet: new TextDecoder().decode(worklet),
    decoder: joined(decoder),
    setup: { patch: piece.patch, mapping: readPacked(mapping), things: readPacked(things) },
    db: piece.volumeDb,
    told: { changed: () => face?.show(), report: (message) => face?.report(message) },
  });
  root.append(element("h1", {}, piece.title));
  const credits = [piece.author, piece.licence && `Licence of the sounds: ${piece.licence}`].filter(Boolean);
  if (credits.length) root.append(element("p", { class: "credits" }, credits.join(" · ")));
  const shown = new Face(root, {
    player,
    sound: player,
    changed: () => {},
    turn: (on) => (on ? void player.start() : player.stop()),
    hand: (gesture) => void player.hand(gesture),
    panic: () => player.panic(),
    takes: null,
    presets: () => piece.presets,
    recalled: () => {},
    volume: () => {},
    line: () => "",
    alone: true,
  });
  if (piece.words) root.append(element("p", { class: "words" }, piece.words));
  shown.plane.content = piece.content;
  if (picture.length) {
    shown.plane.picture = await createImageBitmap(new Blob([Uint8Array.from(picture)], { type: "image/jpeg" }));
  }
  shown.show();
  face = shown;
  player.prepare();
  Object.assign(window, { piece: player }); // for whoever wants to look at it
}

begin();
