"""Pictures of the terrain."""
