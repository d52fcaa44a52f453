"""Bytes to core data and back: sound files, checkpoints, session files; limits and atomic writes."""
