"""The extension of Jupyter's server."""
