"""Background jobs, one at a time, and the processors they may use."""
