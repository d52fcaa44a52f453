// What a page tells its engine, as the tests of the loop need it.

/** A mapping that gives the same latents everywhere, as a message. */
export const sounding = {
  type: "update",
  config: { assets: { mapping: { kind: "mapping", config: { kind: "constant", config: { control_dim: 2 } } } } },
  arrays: { "mapping:of/latents": { shape: [8], data: Float32Array.from([0, 1, 0, 0, 0, 0, 0, 0]) } },
};

/**
 * As many playheads, as a message.
 * @param {number} count
 */
export function playheads(count) {
  /** @type {Record<string, any>} */
  const changes = {};
  for (let k = 0; k < count; k++) changes[`playheads.h${k}.path`] = "p";
  const config = { changes, assets: { "paths/p": { kind: "path", config: {} } } };
  return {
    type: "update",
    config,
    arrays: { "paths/p:points": { shape: [2, 2], data: Float32Array.from([0, 0, 1, 1]) } },
  };
}
