"""What an engine and its readers share: rings and control blocks in shared memory."""
