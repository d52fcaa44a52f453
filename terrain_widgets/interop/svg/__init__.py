"""Paths from and to SVG."""
