import { openFile, openMicrophone } from "../../instrument/live/live_sound.js";
import { tell } from "../../shared/kernel_line.js";
import { livePlayer } from "../../shared/live_players.js";
import { keepHearing } from "../base/hearing.js";
import { latencyWords, trouble } from "./live_words.js";

/**
 * What the engine in this page listens to: a microphone, or a sound file that goes round; its level, how late it comes, and
 * a word where the page hears itself.
 *
 * @typedef {{ key: string, ready: boolean }} Traits
 * @typedef {import("@anywidget/types").AnyModel<Traits>} Model
 * @typedef {import("../../shared/protocol.js").LiveToKernel} ToKernel
 */

const FLOOR_DB = -60;
const NO_SOUND = "Turn the sound on in this page first: live sound is played where it is heard.";

/** @param {{ model: Model, el: HTMLElement }} context */
function render({ model, el }) {
  el.classList.add("tw-live");
  const tellWhether = (/** @type {boolean} */ on) => {
    told = on;
    tell(model, /** @type {ToKernel} */ ({ type: "listening", on }));
  };
  const listen = button("Microphone", "Play what the microphone of this machine hears; use headphones");
  const choose = button("Sound file…", "Play a sound file of this machine, round and round");
  const stop = button("Stop listening", "Close the microphone or the file");
  const file = document.createElement("input");
  file.type = "file";
  file.accept = "audio/*";
  file.hidden = true;
  const meter = document.createElement("meter");
  Object.assign(meter, { min: FLOOR_DB, max: 0, high: -3, optimum: -20, value: FLOOR_DB });
  meter.setAttribute("aria-label", "Level of what is heard, in dB below full scale");
  const words = document.createElement("p");
  words.setAttribute("role", "status");
  const row = document.createElement("div");
  row.className = "tw-live-row";
  row.append(listen, choose, stop, meter, file);
  el.append(row, words);
  let failed = "";
  let wrong = ""; // with what is listened to
  let told = false; // the kernel knows that it listens
  let gone = false; // the view was removed
  let played = false; // live sound was in what plays
  /** @type {import("../../shared/live_players.js").LivePlayer | null} */ let player = null;

  function show() {
    const on = player?.ear != null;
    listen.disabled = choose.disabled = on || !model.get("ready");
    stop.disabled = !on;
    if (!on) meter.value = FLOOR_DB;
    say(failed || wrong || (player && on ? latencyWords(player.listeningParts) : ""));
  }

  /** @param {string} text */
  function say(text) {
    words.classList.toggle("tw-live-failed", failed + wrong !== "");
    if (words.textContent !== text) words.textContent = text; // a reader says it once
  }

  /** @param {() => Promise<import("../../instrument/live/live_sound.js").Opened>} open */
  async function begin(open) {
    failed = "";
    const found = livePlayer(model.get("key"));
    try {
      if (!found) throw new Error(NO_SOUND);
      const opened = await open();
      if (gone) {
        opened.close();
        return;
      }
      found.listen(opened);
      player = found;
      played = false;
      tellWhether(true);
    } catch (error) {
      failed = error instanceof Error ? error.message : String(error);
    }
    show();
  }

  function end(why = "") {
    player?.listen(null);
    player = null;
    failed = why;
    wrong = "";
    if (told) tellWhether(false);
    show();
  }

  listen.addEventListener("click", () => begin(openMicrophone));
  choose.addEventListener("click", () => file.click());
  file.addEventListener("change", () => {
    const [chosen] = file.files ?? [];
    file.value = "";
    if (chosen) begin(async () => openFile(await chosen.arrayBuffer()));
  });
  stop.addEventListener("click", () => end());
  const timer = setInterval(() => {
    if (!player) return;
    const found = trouble(player, played);
    if (found?.over) {
      end(found.words);
      return;
    }
    played ||= player.patch["clip.sound"] === "live";
    wrong = found?.words ?? "";
    const level = player.ear?.levelDb ?? FLOOR_DB;
    meter.value = Math.max(FLOOR_DB, level);
    meter.title = `${Math.round(level)} dB`;
    show();
  }, 100);
  // another codec came: the kernel says why it cannot
  const follow = () => (player && !model.get("ready") ? end() : show());
  model.on("change:ready", follow);
  show();
  return () => {
    gone = true;
    clearInterval(timer);
    model.off("change:ready", follow);
    end();
  };
}

/** @param {string} text @param {string} title */
function button(text, title) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "tw-button";
  made.textContent = text;
  made.title = title;
  return made;
}

export default { initialize: keepHearing, render };
