"""The kernel's own sound devices, by PortAudio."""
