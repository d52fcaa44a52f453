"""Drawn paths: trajectories, curves, editing, cutting, pairing with sounds, spacing, layout."""
