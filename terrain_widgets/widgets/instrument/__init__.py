"""The instrument that makes its sound in the page."""
