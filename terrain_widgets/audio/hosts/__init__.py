"""Where an engine of this machine runs, its own process or a thread, and what the kernel holds of it."""
