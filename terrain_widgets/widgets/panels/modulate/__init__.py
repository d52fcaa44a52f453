"""Latents that move by themselves."""
