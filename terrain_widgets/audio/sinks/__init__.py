"""Where sound goes: a file, nowhere, or a page."""
