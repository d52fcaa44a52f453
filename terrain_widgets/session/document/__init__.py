"""What is undone, saved and opened: sounds, drawings, points, and the commands that change them."""
