"""What moves by itself: noise, low-frequency oscillators, steps; pure functions of place, phase and seed."""
