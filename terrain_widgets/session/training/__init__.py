"""Training the session's terrain in a process of its own."""
