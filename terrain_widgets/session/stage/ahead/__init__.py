"""What is found out of a mapping before anybody plays there, in the background."""
