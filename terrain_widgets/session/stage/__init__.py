"""What is played: hand, playheads, clip underneath, points, sliders, pads, traces."""
