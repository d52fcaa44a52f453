"""An engine in the page, as the kernel holds it: what it is told, and what it tells."""
