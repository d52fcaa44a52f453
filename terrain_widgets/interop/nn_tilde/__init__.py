"""Terrain and decoder as one model for nn~."""
