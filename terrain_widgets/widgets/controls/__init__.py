"""A panel's controls as data: light objects in Python, all drawn by one widget in the page."""
