"""Sound files without a loudspeaker, made beside everything else."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.audio.rendering.orders import Order, PatchOrder, TakeOrder, WalkOrder
from terrain_widgets.audio.rendering.renderer import Renderer
from terrain_widgets.audio.takes.automation import Automation
from terrain_widgets.audio.takes.render import NOTHING_CHANGES, Told, nobody
from terrain_widgets.audio.takes.take import Take
from terrain_widgets.audio.takes.take_file import TAKES, read_take
from terrain_widgets.io.sound_files import write_wav
from terrain_widgets.process.worker import WorkCancelled
from terrain_widgets.session.jobs.jobs import Job, JobStatus
from terrain_widgets.session.notices.events import Failed
from terrain_widgets.session.notices.notices import Notices
from terrain_widgets.session.stage.live_patch import LivePatch

FloatArray = NDArray[np.float32]
TOPIC = "render"


class Rendering(traitlets.HasTraits):
    """Renders what plays, takes and walks: into a file in the background, or as samples for who waits for them.

    One file at a time, beside whatever is encoded or trained. What is long is made in a process of its own.

    Args:
        live: The patch in use.
        notices: Told under ``"render"`` what went wrong.
        rendered: Called with the path of each file that was made.
    """

    status = traitlets.Instance(JobStatus, (), help="How the present or last rendering into a file stands.")

    def __init__(self, live: LivePatch, notices: Notices, rendered: Callable[[str], None]) -> None:
        super().__init__()
        self._live, self._notices, self._rendered = live, notices, rendered
        # Three: who waits for samples is not to wait for the whole of a long file, nor for a take that is played again.
        self._files, self._samples, self._beside = Renderer(), Renderer(), Renderer()
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._job: Job | None = None

    def __repr__(self) -> str:
        state = self.status.state
        return f"Rendering({f'{self.status.progress:.0%}' if state == 'running' else state})"

    # --- into files

    def save(
        self,
        path: str | os.PathLike[str] | None = None,
        seconds: float = 30.0,
        *,
        gain: float = 1.0,
        automation: Automation = NOTHING_CHANGES,
        wait: bool = False,
    ) -> Job:
        """Write what plays by itself as a WAV file, from the beginning of each part; it plays on meanwhile.

        Args:
            path: Of the WAV file; left out, ``render-<time>.wav`` in the folder ``takes``.
            seconds: How long, rounded up to a latent frame.
            gain: Linear gain before the limiter.
            automation: What changes meanwhile.
            wait: Return only when it is done, and raise what went wrong.

        Returns:
            The running job: ``.cancel()``, ``.wait()``, ``.status``; ``path`` is written at its end, or not at all.

        Raises:
            RuntimeError: If another file is being rendered.
        """
        return self._save(path, self.order(seconds, gain, automation), wait)

    def save_take(
        self,
        path: str | os.PathLike[str],
        take: Take | str | os.PathLike[str],
        automation: Automation | None = None,
        *,
        wait: bool = False,
    ) -> Job:
        """Write what a take's gestures play as a WAV file; see ``stage.replay``.

        Args:
            path: Of the WAV file.
            take: A take, or the path of any of its files.
            automation: Changes of values in place of those that were recorded.
            wait: As for ``save``.

        Raises:
            TakeError: If the take cannot be read.
            RuntimeError: If another file is being rendered.
        """
        return self._save(path, taken(take, automation), wait)

    def save_walk(
        self, path: str | os.PathLike[str], places: ArrayLike, gain: float = 1.0, *, wait: bool = False
    ) -> Job:
        """Write the sound of a walk as a WAV file; see ``session.render``.

        Args:
            path: Of the WAV file.
            places: One place per latent frame, ``[T, 2]``.
            gain: Linear gain before the limiter.
            wait: As for ``save``.

        Raises:
            ValueError: If nothing is trained yet.
            RuntimeError: If another file is being rendered.
        """
        return self._save(path, self.walk(places, gain), wait)

    def cancel(self) -> None:
        """Stop rendering into a file; nothing of it is kept."""
        if self._job is not None:
            self._job.cancel()

    # --- as samples

    def samples(
        self,
        order: Order,
        told: Told = nobody,
        cancelled: Callable[[], bool] = lambda: False,
        *,
        beside: bool = False,
    ) -> FloatArray:
        """Render, and return when it is done: audio ``[A, S]`` at the codec's rate.

        Args:
            order: What to render; ``order`` and ``walk`` make some.
            told: Told how far it is, 0…1.
            cancelled: Asked often; once it says yes, ``WorkCancelled`` is raised.
            beside: Whether it may be long and is made on a thread of its own; others' orders do not wait for its end.

        Raises:
            WorkCancelled: If it was asked to stop, or the session is closed meanwhile.
            ValueError: If something does not fit the codec.
            RuntimeError: If the codec or a mapping fails.
        """
        closing = self._closing
        renderer = self._beside if beside else self._samples
        return renderer.render(order, self._live.codec, told=told, cancelled=lambda: closing.is_set() or cancelled())

    def order(self, seconds: float, gain: float = 1.0, automation: Automation = NOTHING_CHANGES) -> PatchOrder:
        """What plays by itself now, to be rendered."""
        return PatchOrder(self._live.wanted(), seconds, gain, automation)

    def walk(self, places: ArrayLike, gain: float = 1.0) -> WalkOrder:
        """A walk over what is shown now, to be rendered: one place per latent frame.

        Raises:
            ValueError: If nothing is trained yet.
        """
        mapping = self._live.sources.shown
        if mapping is None:
            raise ValueError("there is no terrain yet: encode, draw and train first")
        return WalkOrder(mapping, np.asarray(places, dtype=np.float32), gain, self._live.shaping)

    def close(self) -> None:
        """Stop, and end the processes; what is ordered later starts others."""
        self._closing.set()  # who waits for samples stops, too: a process can be ended only after its order
        self._closing = threading.Event()
        self.cancel()
        self._files.close()
        self._samples.close()
        self._beside.close()

    # --- inside

    def _save(self, path: str | os.PathLike[str] | None, order: Order, wait: bool) -> Job:
        target = Path(path or TAKES / time.strftime("render-%Y%m%d-%H%M%S.wav")).with_suffix(".wav").absolute()
        codec = self._live.codec
        with self._lock:
            if self._job is not None and self._job.running:
                raise RuntimeError("a file is still being rendered; cancel it or wait for its end")

            def work(job: Job) -> None:
                def told(share: float) -> None:
                    job.progress(share, f"rendering {target.name}", seldom=True)

                job.progress(0.0, f"rendering {target.name}")
                try:
                    audio = self._files.render(order, codec, told=told, cancelled=lambda: job.cancelled)
                except WorkCancelled:
                    job.progress(job.status.progress, "rendering was stopped")
                    return
                target.parent.mkdir(parents=True, exist_ok=True)
                write_wav(target, audio, codec.info.sample_rate)
                job.progress(1.0, f"rendered {target.name}")
                self._rendered(str(target))

            self._job = job = Job(TOPIC, work, self._report)
            job.start()
        return job.wait() if wait else job

    def _report(self, status: JobStatus) -> None:
        self.status = status
        if status.state == "failed":
            self._notices.say(TOPIC, Failed(status.message))
        elif status.progress == 0.0:
            self._notices.say(TOPIC, None)


def taken(take: Take | str | os.PathLike[str], automation: Automation | None = None) -> TakeOrder:
    """What a take recorded, to be rendered.

    Args:
        take: A take, or the path of any of its files.
        automation: Changes of values in place of those that were recorded.

    Raises:
        TakeError: If the files cannot be read.
    """
    read = take if isinstance(take, Take) else read_take(take)
    return TakeOrder(read if automation is None else automation.on(read))
