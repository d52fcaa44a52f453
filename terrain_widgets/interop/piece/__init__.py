"""A piece in one HTML file that plays by itself."""
