"""The wheel is whole, and works without the checkout it was built from."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

import terrain_widgets

REPOSITORY = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(REPOSITORY)]
    # Started elsewhere: a folder named build in the working directory would be taken for the module build.
    subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    (path,) = folder.glob("*.whl")
    return path


def _bare_environment(folder: Path) -> Path:
    """A Python that sees the libraries of this environment, but neither pip nor the checkout."""
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    purelib = subprocess.check_output([python, "-c", ask], text=True).strip()
    # A plain path: the .pth files in that folder, the editable install among them, are not followed.
    Path(purelib, "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def test_the_wheel_holds_every_data_file(wheel: Path) -> None:
    package = REPOSITORY / "terrain_widgets"
    data = (path for path in package.rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"})
    expected = {str(path.relative_to(REPOSITORY)) for path in data}
    packed = set(zipfile.ZipFile(wheel).namelist())
    assert expected <= packed
    for folder, suffix in (
        ("codecs/pebble/weights", ".safetensors"),
        ("io/sounds", ".flac"),
        ("widgets/static", ".js"),
    ):
        assert any(name.startswith(f"terrain_widgets/{folder}/") and name.endswith(suffix) for name in packed), folder


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"terrain_widgets"}
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]


def test_the_wheel_installs_and_imports_elsewhere(wheel: Path, tmp_path: Path) -> None:
    python = _bare_environment(tmp_path / "environment")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python)]
    # Ignoring what is installed: pip sees the editable install's metadata through the .pth file and would be content.
    install = [*pip, "install", "--quiet", "--no-deps", "--no-index", "--ignore-installed", str(wheel)]
    subprocess.run(install, check=True, capture_output=True, text=True)
    code = """
import pkgutil, importlib, terrain_widgets
for name in terrain_widgets.__all__:
    getattr(terrain_widgets, name)
for module in pkgutil.walk_packages(terrain_widgets.__path__, "terrain_widgets."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print(terrain_widgets.__file__, terrain_widgets.__version__)
"""
    done = subprocess.run([python, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    place, version = done.stdout.split()[-2:]
    assert Path(place).is_relative_to(tmp_path / "environment")
    assert version == terrain_widgets.__version__
