"""Where an engine runs: its own process, or a thread."""
