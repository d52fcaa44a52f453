"""Edits of the decoder's weights in a session."""
