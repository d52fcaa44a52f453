"""Thin views of one session."""
