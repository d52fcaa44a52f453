"""Sources: whoever plays. Each says where it is at each latent frame, and how loud."""
