"""What moves by itself in a session: modulators, their clock."""
