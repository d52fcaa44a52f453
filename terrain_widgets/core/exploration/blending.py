"""How a map of sounds fills the space between its points: two numbers that can be played."""

from __future__ import annotations

from terrain_widgets.core.parameter import Number

NEIGHBOURS = Number("map.neighbours", 5, 1, 64, description="How many points are blended; 1 snaps.", integer=True)
POWER = Number("map.power", 2.0, 0.1, 16.0, description="How fast a point's weight falls with its distance.")
