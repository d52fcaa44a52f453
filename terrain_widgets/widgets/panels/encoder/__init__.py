"""Sounds, codec and encoding."""
