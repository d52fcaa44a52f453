import { PARAMETERS } from "../../engine/audio/parameters.js";
import { tell } from "../../shared/kernel_line.js";
import { livePlayer } from "../../shared/live_players.js";
import { ownKeysWithin } from "../../shared/own_keys.js";
import { keepHearing } from "../base/hearing.js";
import { askKernel } from "../base/kernel_watch.js";

/**
 * A row of pads, one for each point, or for each of something else; the keys 1 to 9 strike them from anywhere in the panel, 0 lets go.
 *
 * @typedef {{ id: string, label: string, colour: string, place?: number[], hint?: string }} Pad
 * @typedef {{ pads: Pad[], held: string, key: string, group: string, empty: string }} Traits
 * @typedef {import("@anywidget/types").AnyModel<Traits>} Model
 * @typedef {import("../../shared/protocol.js").PadsToKernel} ToKernel
 */

/** @param {{ model: Model, el: HTMLElement }} context */
function render({ model, el }) {
  const row = document.createElement("div");
  row.className = "tw-pads";
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", model.get("group"));
  el.appendChild(row);

  const pads = () => model.get("pads");
  /** @param {ToKernel} message @param {boolean} done whether it has had its effect in this page, and waits for nobody */
  const ask = (message, done) => (done ? tell(model, message) : askKernel(model, message));

  function build() {
    const focused = row.contains(document.activeElement)
      ? [...row.children].indexOf(/** @type {Element} */ (document.activeElement))
      : -1;
    row.replaceChildren(...pads().map(button));
    if (focused >= 0)
      /** @type {HTMLElement | undefined} */ (row.children[Math.min(focused, row.children.length - 1)])?.focus();
    if (!pads().length) row.textContent = model.get("empty");
    press();
  }

  /** @param {Pad} pad @param {number} index */
  function button(pad, index) {
    const made = document.createElement("button");
    made.type = "button";
    made.dataset.id = pad.id;
    made.textContent = pad.label ? `${index + 1} ${pad.label}` : `${index + 1}`;
    made.style.setProperty("--tw-pad", pad.colour);
    const key = index < 9 ? ` (key ${index + 1})` : "";
    made.title = (pad.hint ?? `Go to point ${index + 1}${pad.label ? ` “${pad.label}”` : ""} and hold it`) + key;
    if (index < 9) made.setAttribute("aria-keyshortcuts", String(index + 1));
    made.addEventListener("pointerdown", (event) => {
      if (event.button === 0) strike(pad.id); // a drum answers when it is hit, not when the stick leaves
    });
    made.addEventListener("click", (event) => {
      if (event.detail === 0) strike(pad.id); // by Enter, Space or a screen reader
    });
    return made;
  }

  /** @param {string} id */
  function strike(id) {
    const place = pads().find((pad) => pad.id === id)?.place;
    const player = livePlayer(model.get("key"));
    const played = player && place ? player.hand({ place, down: true, waits: true, ...glideOf(player.patch) }) : false;
    ask({ type: "strike", id, played }, played);
  }

  function press() {
    for (const made of /** @type {HTMLElement[]} */ ([...row.querySelectorAll("button")])) {
      made.setAttribute("aria-pressed", String(made.dataset.id === model.get("held")));
    }
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const writing = target.closest(
      "select, textarea, [contenteditable=true], input:not([type=range], [type=checkbox])",
    );
    if (writing || event.ctrlKey || event.metaKey || event.altKey || !/^[0-9]$/.test(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.repeat) return;
    const pad = pads()[Number(event.key) - 1];
    if (event.key === "0") {
      const player = livePlayer(model.get("key"));
      player?.lift();
      ask({ type: "release" }, player !== null);
    } else if (pad) strike(pad.id);
  }

  /** @type {HTMLElement | null} */
  let panel = null;
  // Attached to the page only after render.
  const attached = requestAnimationFrame(() => {
    panel = el.closest(".tw-points");
    panel?.addEventListener("keydown", key);
    if (panel) ownKeysWithin(panel); // Lab's own 1 to 6 would turn the cell into a heading
  });
  model.on("change:pads", build);
  model.on("change:held", press);
  build();

  return () => {
    cancelAnimationFrame(attached);
    panel?.removeEventListener("keydown", key);
    model.off("change:pads", build);
    model.off("change:held", press);
  };
}

/** How a pad goes to its point. @param {Record<string, any>} patch @returns {{ seconds: number, course: "eased" | "even" }} */
function glideOf(patch) {
  return { seconds: patch["pads.seconds"] ?? PARAMETERS["pads.seconds"], course: patch["pads.course"] ?? "eased" };
}

export default { initialize: keepHearing, render };
