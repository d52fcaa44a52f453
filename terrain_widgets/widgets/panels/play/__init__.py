"""Playing the terrain."""
