"""A mapping as a picture: grids of latents, heatmaps, shading, relief."""
