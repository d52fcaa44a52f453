"""A latent vector by hand."""
