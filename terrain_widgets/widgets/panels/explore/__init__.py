"""Exploring: the map of sounds, ways through latent space, attributes, presets."""
