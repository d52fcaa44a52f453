"""Labelled points and the mappings fitted through them."""
