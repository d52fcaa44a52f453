"""From sounds to a terrain that can be played, in one go: what three buttons do, one after the other."""

from __future__ import annotations

import threading

import traitlets

from terrain_widgets.session.jobs.jobs import Jobs
from terrain_widgets.session.notices.events import Failed
from terrain_widgets.session.sounds.arranging import arrange
from terrain_widgets.session.sounds.sounds import Sounds
from terrain_widgets.session.training.training import TRAIN_SECONDS, Training


class Shortcut(traitlets.HasTraits):
    """Encodes, arranges and trains; each is the job or the edit that its own button makes, and is undone like that.

    Args:
        sounds: What it has already is kept: latents and paths.
        training: A terrain that there is already is trained on.
        jobs: Nothing else may run.
    """

    running = traitlets.Bool(False, help="Whether it is on its way.")

    def __init__(self, sounds: Sounds, training: Training, jobs: Jobs) -> None:
        super().__init__()
        self._sounds, self._training, self._jobs = sounds, training, jobs
        self._stopped = threading.Event()

    def start(self, seconds: float = TRAIN_SECONDS.default, wait: bool = False) -> None:
        """Begin, and return at once.

        What goes wrong on the way is said by the job that it went wrong in.

        Args:
            seconds: How long to train.
            wait: Return only at the end.

        Raises:
            RuntimeError: If the session encodes or trains already.
        """
        if self.running or self._jobs.busy:
            raise RuntimeError("something is still being encoded or trained; cancel it or wait for its end")
        self._stopped.clear()
        self.running = True
        thread = threading.Thread(target=self._run, args=(seconds,), name="terrain_widgets shortcut", daemon=True)
        thread.start()
        if wait:
            thread.join()

    def stop(self) -> None:
        """Go no further; what was reached is kept."""
        self._stopped.set()
        self._jobs.cancel()

    def _run(self, seconds: float) -> None:
        sounds = self._sounds
        try:
            if len(sounds.encoded) < len(sounds.state.clips):
                encoding = sounds.encode(wait=True)
                if encoding.cancelled:  # by its own button
                    return
            if self._stopped.is_set():
                return
            if any(clip.id not in sounds.state.paths for clip in sounds.state.clips):
                arrange(sounds)
            job = self._training.train(seconds=seconds)
            if self._stopped.is_set():  # between the two, where there was nothing to cancel
                job.cancel()
            job.wait()
        except Exception as error:
            if self._jobs.status.state != "failed":  # else the job's own panel says it
                self._jobs.notices.say("shortcut", Failed.of(error))
        finally:
            self.running = False
