"""Bending: a model's weights changed by hand, as a list of edits on the original, which stays whole."""
