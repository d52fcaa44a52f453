"""Training codecs on a user's own sounds: one trainer, and a recipe for each kind of codec."""
