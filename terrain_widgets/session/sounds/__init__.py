"""The codec, the latents of the sounds, and encoding."""
