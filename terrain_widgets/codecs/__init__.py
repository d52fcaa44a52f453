"""Codecs: audio to latents and back, behind one protocol."""
