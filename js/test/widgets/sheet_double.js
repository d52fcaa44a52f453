// A desk for tools without a page: a canvas of 400 by 400 pixels, paint that does nothing, and a list of what was sent.
import { Outbox } from "../../src/widgets/plane/outbox.js";

/** @typedef {import("../../src/widgets/plane/tool.js").Desk} Desk */

/** @param {Record<string, any>} [state] of the model */
export function deskDouble(state = {}) {
  /** @type {any[]} */ const sent = [];
  const ink = { segment() {}, cursor() {}, words() {}, leave() {}, trail: [] };
  const canvas = {
    hovered: false,
    element: { hasPointerCapture: () => false },
    distance: (/** @type {any} */ a, /** @type {any} */ b) => 400 * Math.hypot(a.x - b.x, a.y - b.y),
    place: (/** @type {any} */ event) => ({ x: event.clientX / 400, y: event.clientY / 400 }),
  };
  const desk = {
    get: (/** @type {string} */ name) => state[name],
    get view() {
      return state.view;
    },
    canvas,
    ink,
    outbox: new Outbox(
      (message) => sent.push(message),
      () => {},
    ),
    cursor: { x: 0.5, y: 0.5, on: false },
    request() {},
    repaint() {},
  };
  const all = { colour: "#fff", budget: {}, view: [-1, 1, 1, -1], hover: true, points: [], selected: "", held: "" };
  Object.assign(state, { ...all, ...state });
  return { desk: /** @type {Desk} */ (/** @type {unknown} */ (desk)), sent, state };
}

/** @param {number} pointerId @param {object} [rest] */
export const pointer = (pointerId, rest = {}) => ({
  pointerId,
  pointerType: "mouse",
  timeStamp: 1000,
  shiftKey: false,
  pressure: 0.5,
  tiltX: 0,
  tiltY: 0,
  buttons: 1,
  type: "pointermove",
  ...rest,
});

/** @param {string} name @param {object} [rest] */
export const keyEvent = (name, rest = {}) =>
  /** @type {KeyboardEvent} */ (
    /** @type {unknown} */ ({
      key: name,
      ctrlKey: false,
      metaKey: false,
      altKey: false,
      shiftKey: false,
      timeStamp: 1000,
      ...rest,
    })
  );
