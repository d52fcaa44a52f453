"""pebble, the bundled codec of harmonics and noise."""
