"""Exploring latent space: maps of sounds, ways to walk, attributes, presets."""
