"""What a model is made better by, and what tells how good it is."""
