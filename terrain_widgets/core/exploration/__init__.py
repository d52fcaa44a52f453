"""Ways to explore a latent space without a terrain."""
