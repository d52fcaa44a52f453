"""What latents become between the mapping and the decoder."""
