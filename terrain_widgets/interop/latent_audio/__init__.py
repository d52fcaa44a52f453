"""LatentAudio: its presets and its maps of sounds, as JSON; never its pickles."""
