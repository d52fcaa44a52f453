"""Other systems' files: nn.terrain's checkpoints and dictionaries, and instruments for nn~."""
