"""The studio's frame: stage, docks, bars."""
