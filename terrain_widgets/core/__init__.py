"""Pure maths of latent terrains: numpy and torch, seeded; no threads, no files, no widgets."""
