"""Sound in the page: switch, volume, outputs, meters."""
