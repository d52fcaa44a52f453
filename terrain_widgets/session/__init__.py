"""The one shared state of an instrument."""
