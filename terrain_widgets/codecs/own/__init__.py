"""Codecs that a user trained: one safetensors file each, with a card, loaded by path or name."""
