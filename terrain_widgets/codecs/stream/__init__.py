"""A small causal autoencoder for any sound: what it decodes to is partials of a fixed grid and bands of noise."""
