"""Steering by labelled points."""
