"""What renders what the hands do now, block by block, wherever an engine of this machine runs."""
