// What a view tells the kernel. A kernel that was restarted or has ended has closed its line to the page: then a message is
// lost, and the view says so by its line about the kernel, not by an error that a user cannot do anything about.

/**
 * Tell the kernel something, if its line is open.
 * @param {any} model of anywidget
 * @param {object} message
 * @param {ArrayBuffer[]} [buffers] that are given away
 * @param {unknown} [callbacks] of the front end
 * @returns {boolean} whether it was sent
 */
export function tell(model, message, buffers, callbacks) {
  try {
    model.send(message, callbacks, buffers);
    return true;
  } catch {
    return false; // JupyterLab's “Cannot send”
  }
}
