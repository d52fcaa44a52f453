"""For all tests: torch on one thread. On a busy machine of two processors its barriers cost more than they give."""

import torch

torch.set_num_threads(1)
