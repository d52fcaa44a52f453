"""What the kernel's engine listens to."""
