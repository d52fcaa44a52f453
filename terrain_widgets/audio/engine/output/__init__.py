"""From the voices to the loudspeaker: gains, width, limiter, meter."""
