"""Files of Latent-Playground."""
