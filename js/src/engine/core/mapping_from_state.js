// Rebuilds a mapping of any kind.

import { NeighbourMap } from "./exploration/neighbour_map.js";
import { ConstantMapping } from "./mapping.js";
import { PointMap } from "./points/point_map.js";
import { Terrain } from "./terrain/terrain.js";

/** @type {Record<string, (state: import("./mapping.js").MappingState) => import("./mapping.js").Mapping>} */
const KINDS = {
  constant: ConstantMapping.fromState,
  terrain: Terrain.fromState,
  points: PointMap.fromState,
  neighbours: NeighbourMap.fromState,
};

/**
 * The mapping that a state describes.
 * @param {import("./mapping.js").MappingState} state
 * @returns {import("./mapping.js").Mapping}
 * @throws {Error} If there is no such kind, or its arrays do not fit its configuration.
 */
export function mappingFromState(state) {
  const rebuild = Object.hasOwn(KINDS, state.kind) ? KINDS[state.kind] : null;
  if (!rebuild) throw new Error(`unknown kind of mapping ${state.kind}; known: ${Object.keys(KINDS).join(", ")}`);
  return rebuild(state);
}
