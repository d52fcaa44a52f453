"""Files of nn.terrain: terrains, datasets, points, plots."""
