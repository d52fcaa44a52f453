"""`terrain-widgets doctor`: says what is there, and for everything that is wrong, what helps."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from terrain_widgets.audio.device import portaudio
from terrain_widgets.audio.device.device import DeviceError, NoPortAudio, OutputDevice
from terrain_widgets.doctor import folders, machine, packages, sound
from terrain_widgets.doctor.finding import Finding
from terrain_widgets.doctor.footprint import LIMIT_MB, Footprint, footprint
from terrain_widgets.doctor.report import as_json, as_text


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "terrain_widgets.cli", "doctor", *arguments],
        env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
        capture_output=True,
        text=True,
        timeout=170,
    )


def test_here_all_is_well_and_a_missing_folder_is_a_problem(tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    (models / "choir.ts").write_bytes(b"not looked into")
    done = run("--json", TERRAIN_WIDGETS_MODELS=str(models))
    content = json.loads(done.stdout)
    assert done.returncode == 0 and content["well"], done.stdout + done.stderr
    found = {finding["area"]: finding for finding in content["findings"]}
    assert {"Python", "torch", "jupyterlab", "ipywidgets", "anywidget", "ipycanvas", "bokeh", "front end"} <= set(found)
    assert {"page sound", "codec", "processors", "memory", "models", "autosave", "cache"} <= set(found)
    assert "pebble, brook, mosaic, choir" in found["models"]["text"] and "1 TorchScript" in found["models"]["text"]
    assert list(tmp_path.iterdir()) == [models], "looking made something"

    done = run(TERRAIN_WIDGETS_MODELS=str(tmp_path / "gone"))
    assert done.returncode == 1 and "→ correct TERRAIN_WIDGETS_MODELS" in done.stdout
    assert done.stdout.splitlines()[-1] == "1 problem"


def test_a_finding_that_is_not_well_has_a_cure() -> None:
    with pytest.raises(ValueError, match="needs a cure"):
        Finding("sound", "problem", "there is none")


def test_wrong_versions_are_named_with_the_command_that_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    real = packages.version
    wrong = {"jupyter_bokeh": "4.1.0", "ipycanvas": "0.13.3"}
    monkeypatch.setattr(packages, "version", lambda name: wrong.get(name) or real(name))
    found = {finding.area: finding for finding in packages.packages() if finding.level == "problem"}
    assert set(found) == set(wrong)
    assert "jupyter_bokeh!=4.1.0,>=4.0.5" in found["jupyter_bokeh"].cure


def test_a_missing_package_and_a_missing_front_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    real = packages.version

    def version(name: str) -> str:
        if name == "soxr":
            raise packages.PackageNotFoundError(name)
        return real(name)

    monkeypatch.setattr(packages, "version", version)
    (found,) = [finding for finding in packages.packages() if finding.level == "problem"]
    assert (found.area, found.text, found.cure) == ("soxr", "not installed", "python -m pip install 'soxr'")

    (whole,) = packages.front_end()
    assert whole.level == "ok"
    (tmp_path / "anywidget").mkdir()
    (tmp_path / "anywidget" / "package.json").write_text("{}")
    (found,) = packages.front_end([str(tmp_path)])
    assert found.level == "problem" and "anywidget" not in found.text and "ipycanvas" in found.cure


def test_sound_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(answer: object) -> list[Finding]:
        def devices() -> object:
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr(portaudio, "output_devices", devices)
        return list(sound.devices())

    (none,) = ask(NoPortAudio("no PortAudio here"))
    assert none.level == "note" and "libportaudio2" in none.cure
    (broken,) = ask(DeviceError("it does not start"))
    assert broken.level == "note" and broken.text == "it does not start"
    assert [finding.level for finding in ask(())] == ["ok", "note"]
    _, card = ask((OutputDevice("Desk", "ALSA", 2, 48000, True),))
    assert card.level == "ok" and card.text == "Desk, ALSA (default)"


def test_processors_and_their_quota(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)

    def ask(cpus: int, granted: int) -> Finding:
        monkeypatch.setattr(machine, "usable_cpus", lambda: cpus)
        monkeypatch.setattr(machine, "affinity", lambda: granted)
        (finding,) = machine.processors()
        return finding

    assert ask(8, 8).level == "ok"
    assert ask(1, 1).level == "note"
    capped = ask(2, 64)
    assert capped.level == "note" and "OMP_NUM_THREADS=2" in capped.cure
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    assert ask(2, 64).level == "ok"


def test_folders_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("TERRAIN_WIDGETS_CACHE", str(tmp_path / "file" / "cache"))
    found = {finding.area: finding for finding in folders.writable()}
    assert found["autosave"].level == "ok"
    assert found["cache"].level == "problem" and "TERRAIN_WIDGETS_CACHE" in found["cache"].cure


def test_the_limit_of_memory() -> None:
    (well,) = footprint(Footprint(LIMIT_MB - 1, 200.0, 900.0, 2, 0.05, 0.2, 1.0))
    (much,) = footprint(Footprint(LIMIT_MB + 1, 200.0, 900.0, 2, 0.05, 0.2, 1.0))
    assert (well.level, much.level) == ("ok", "problem")
    assert "PSS of 2 processes; limit 400" in well.text


def test_text_and_json_say_the_same() -> None:
    findings = [Finding("a", "ok", "fine"), Finding("b", "problem", "broken", "mend it")]
    assert [f["text"] for f in json.loads(as_json(findings))["findings"]] == ["fine", "broken"]
    assert not json.loads(as_json(findings))["well"]
    lines = as_text(findings).splitlines()
    assert lines[2].startswith("✗ b") and lines[3].strip() == "→ mend it" and lines[-1] == "1 problem"


@pytest.mark.extra  # two minutes: a kernel runs the quickstart, plays, trains and waits until its helpers are freed
@pytest.mark.timeout(400)
def test_one_session_is_weighed() -> None:
    done = run("--memory", "--json")
    content = json.loads(done.stdout)
    (weighed,) = [finding for finding in content["findings"] if finding["area"] == "one session"]
    assert weighed["level"] == "ok" and done.returncode == 0, weighed
