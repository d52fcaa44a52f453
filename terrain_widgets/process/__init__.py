"""Child processes: how they start, talk with their parent, step back and end."""
