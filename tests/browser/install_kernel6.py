"""Make a kernel that runs ipykernel 6.x while everything else comes from the environment that runs this script.

``python install_kernel6.py ENVIRONMENT KERNEL_JSON`` creates a bare environment, shows it this one's packages through a
``.pth`` file, and installs an ipykernel of its own, which comes first on its path. The second argument is the file that
tells Jupyter of it; the folder above its ``kernels`` belongs on ``JUPYTER_PATH``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

# nest-asyncio is what 6.x wants where 7.x wants nest-asyncio2.
PACKAGES = ("ipykernel==6.31.0", "nest-asyncio==1.6.0")


def install(environment: Path, kernel_json: Path) -> None:
    """Create the environment and the kernelspec.

    Args:
        environment: Folder of the new environment; replaced if it is there.
        kernel_json: Where the kernelspec goes.
    """
    venv.create(environment, clear=True, with_pip=False, symlinks=True)
    python = environment.absolute() / "bin" / "python"
    purelib = subprocess.check_output(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True
    ).strip()
    # addsitedir instead of a plain path, so that this environment's own .pth files (editable installs) count too.
    outer = sysconfig.get_path("purelib")
    Path(purelib, "outer.pth").write_text(f"import site; site.addsitedir({outer!r})\n")
    subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python]
        + ["install", "--quiet", "--no-deps", "--ignore-installed", *PACKAGES],
        check=True,
    )
    kernel_json.parent.mkdir(parents=True, exist_ok=True)
    spec = {
        "argv": [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Python 3 (ipykernel 6)",
        "language": "python",
        "metadata": {"debugger": True},
    }
    kernel_json.write_text(json.dumps(spec, indent=1) + "\n")


if __name__ == "__main__":
    install(Path(sys.argv[1]), Path(sys.argv[2]))
