"""What one session takes: a kernel of its own runs the quickstart, and is weighed."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from terrain_widgets.doctor.finding import Finding

LIMIT_MB = 400.0
_QUICKSTART = """
import terrain_widgets as tw
studio = tw.Studio()
studio
session = studio.session
session.encode(wait=True)
session.arrange()
session.train(seconds=3, wait=True)
session.sound.run_in("page")
session.sound.start()
"""
_LISTEN = """
import time
from terrain_widgets.audio.hosts.null_sink import NullSink
session.sound.run_in("process")
while not session.sound.start().status().ready:
    time.sleep(0.05)
sink = NullSink()
sink.start(session.sound.start())
session.stage.playheads.play("c1")
"""
_REST = "session.stage.playheads.clear(); sink.close(); session.sound.run_in('page')"
_TRAIN = "job = session.train(seconds={seconds})"
_HELPERS_END = 90.0  # seconds; the processes that encode and train are freed after half a minute and a minute of rest
_LOOK = 5.0


@dataclass(frozen=True)
class Footprint:
    """A kernel with the quickstart run in it, and its children; the server and the browser are not in it.

    Args:
        idle_mb: Proportional set size after a minute of rest with the sound made in the page, in MB of 2²⁰ bytes:
            shared pages are shared out among those who share them.
        engine_mb: What the kernel's own engine adds, where the sound cannot be made in the page.
        most_mb: The most of several looks on the way there: after encoding, while it sounds, after training.
        processes: How many, when idle.
        idle_cpu: Processors' worth of time while nothing is done.
        playing_cpu: While one playhead sounds from the kernel's engine; made in the page it costs the server nothing.
        training_cpu: While it trains.
    """

    idle_mb: float
    engine_mb: float
    most_mb: float
    processes: int
    idle_cpu: float
    playing_cpu: float
    training_cpu: float


def weigh(kernel_name: str = "python3") -> Footprint:
    """Run the quickstart without a screen and weigh it; takes about two minutes.

    Raises:
        RuntimeError: If the kernel does not start, or the quickstart fails in it.
        OSError: Where the system does not tell a process's proportional set size, as only Linux does.
    """
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(kernel_name=kernel_name, stderr=subprocess.DEVNULL)

    def run(code: str) -> None:
        answer = client.execute_interactive(code, timeout=120, output_hook=lambda _message: None)
        if answer["content"]["status"] != "ok":
            raise RuntimeError(f"the quickstart fails in a fresh kernel: {answer['content'].get('evalue', '')}")

    try:
        local: Any = manager.provisioner  # only one of this machine has a process, and a kernel spec may name another
        pid = int(local.pid)
        run(_QUICKSTART)
        weights = [_weight(pid)]
        run(_LISTEN)
        time.sleep(1.0)
        weights.append(_weight(pid))
        engine = weights[1] - weights[0]
        playing = _processors(pid)
        run(_REST)
        run(_TRAIN.format(seconds=_LOOK + 1))
        training = _processors(pid)
        run("job.wait(); None")
        weights.append(_weight(pid))
        deadline = time.monotonic() + _HELPERS_END
        while len(_family(pid)) > 1 and time.monotonic() < deadline:  # the kernel stays
            time.sleep(1.0)
        weights.append(_weight(pid))
        return Footprint(weights[-1], engine, max(weights), len(_family(pid)), _processors(pid), playing, training)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def footprint(measured: Footprint) -> Iterator[Finding]:
    """The measurement, and what to do if it is too much."""
    text = (
        "an idle kernel with the quickstart run and the sound made in the page takes "
        f"{measured.idle_mb:.0f} MB (PSS of {measured.processes} processes; limit {LIMIT_MB:.0f}), "
        f"the kernel's own engine {measured.engine_mb:.0f} MB more, at most {measured.most_mb:.0f} MB on the way; "
        f"processors: {measured.idle_cpu:.2f} idle, {measured.playing_cpu:.2f} with that engine playing, "
        f"{measured.training_cpu:.2f} training"
    )
    if measured.idle_mb > LIMIT_MB:
        yield Finding("one session", "problem", text, "report it, with the output of pip list; plan with this figure")
    else:
        yield Finding("one session", "ok", text)


def _family(pid: int) -> list[Any]:  # psutil has no types
    import psutil

    kernel = psutil.Process(pid)
    return [kernel, *kernel.children(recursive=True)]


def _weight(pid: int) -> float:
    """PSS of a process and its children in MB."""
    import psutil

    total = 0.0
    for process in _family(pid):
        try:
            total += process.memory_full_info().pss / 2**20
        except psutil.NoSuchProcess:
            continue  # ended meanwhile
        except AttributeError:
            raise OSError("only Linux tells what a process takes of memory that it shares") from None
    return total


def _processors(pid: int, seconds: float = _LOOK) -> float:
    """Processors' worth of time that the family uses from now on."""
    before, began = _seconds(pid), time.monotonic()
    time.sleep(seconds)
    return max(0.0, _seconds(pid) - before) / (time.monotonic() - began)


def _seconds(pid: int) -> float:
    import psutil

    total = 0.0
    for process in _family(pid):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total
