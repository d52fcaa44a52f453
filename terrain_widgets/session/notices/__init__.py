"""What a user should be told: events, which the widgets put into words."""
