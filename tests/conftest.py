"""For all tests: torch on one thread, and nothing saved where a user's own sessions are."""

import os

import pytest
import torch

# On a busy machine of two processors the barriers of two threads cost more than they give.
torch.set_num_threads(1)


@pytest.fixture(scope="session", autouse=True)
def autosave_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Kernels and servers that tests start inherit it."""
    os.environ["TERRAIN_WIDGETS_AUTOSAVE"] = str(tmp_path_factory.mktemp("autosave"))
