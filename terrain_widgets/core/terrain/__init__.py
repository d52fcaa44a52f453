"""The latent terrain: a Fourier-CPPN from places to latents."""
