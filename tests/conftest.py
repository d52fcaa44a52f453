"""For all tests: torch on one thread, and nothing kept where a user's own files are."""

import os

import pytest
import torch

# On a busy machine of two processors the barriers of two threads cost more than they give.
torch.set_num_threads(1)


@pytest.fixture(scope="session", autouse=True)
def environment(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Kernels and servers that tests start inherit it."""
    for name in ("AUTOSAVE", "CACHE"):
        os.environ[f"TERRAIN_WIDGETS_{name}"] = str(tmp_path_factory.mktemp(name.lower()))
    os.environ["TERRAIN_WIDGETS_NICE"] = "0"  # every processor is busy: what steps back would wait for all other tests


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist asks for the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What a module's tests share is made once: several workers would each make it, so one gets all of the module."""
    for item in items:
        assert isinstance(item, pytest.Function)
        fixtures = item._fixtureinfo.name2fixturedefs.values()
        shared = any(fixture.scope == "module" for definitions in fixtures for fixture in definitions)
        if shared and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


def pytest_addoption(parser: pytest.Parser) -> None:
    """How many damaged files ``tests/io/test_hostile_files.py`` reads."""
    parser.addoption("--mutations", type=int, default=None, help="how many damaged files all readers are given")
