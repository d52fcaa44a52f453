"""Sound that the kernel makes, on its way into a page."""
