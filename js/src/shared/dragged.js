// What one view hands to another by dragging: a sound, or a point of the map of sounds.

export const CLIP = "application/x-terrain-clip"; // what the drawing plane and a row of the pairing table take

/**
 * Drop something on the plane that is seen at a place of the page, as the browser does with what it drags itself.
 * @param {string} what @param {number} clientX @param {number} clientY
 * @returns {boolean} whether there is a plane that takes it
 */
export function dropOnPlane(what, clientX, clientY) {
  const target = document.elementFromPoint(clientX, clientY);
  if (!target?.closest(".tw-plane")) return false;
  const dataTransfer = new DataTransfer();
  dataTransfer.setData(CLIP, what);
  const event = new DragEvent("drop", { bubbles: true, cancelable: true, clientX, clientY, dataTransfer });
  return !target.dispatchEvent(event);
}

/** A point of the map of sounds, as the kernel reads it. @param {number} point */
export const mapPoint = (point) => `map:${point}`;
