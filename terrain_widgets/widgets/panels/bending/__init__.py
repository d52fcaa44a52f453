"""Bending: the decoder's weights, changed by hand."""
