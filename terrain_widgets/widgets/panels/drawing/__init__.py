"""The drawing canvas and the pairing table."""
