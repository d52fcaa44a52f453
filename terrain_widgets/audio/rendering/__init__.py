"""Sound without a loudspeaker, here or in a process of its own: what is ordered, and who makes it."""
