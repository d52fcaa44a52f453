"""From sounds to a terrain that can be played, in one go: what three buttons do, one after the other."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import traitlets

from terrain_widgets.session.training.trainer import TRAIN_SECONDS

if TYPE_CHECKING:
    from terrain_widgets.session.session import Session


class Shortcut(traitlets.HasTraits):
    """Encodes, arranges and trains; each is the job or the edit that its own button makes, and is undone like that.

    Args:
        session: Which. What it has already is kept: latents, paths, and a terrain, which is trained on.
    """

    running = traitlets.Bool(False, help="Whether it is on its way.")

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
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
        if self.running or self._session.busy:
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
        self._session.cancel()

    def _run(self, seconds: float) -> None:
        session = self._session
        try:
            if len(session.encoded) < len(session.state.clips):
                encoding = session.encode(wait=True)
                if encoding.cancelled:  # by its own button
                    return
            if self._stopped.is_set():
                return
            if any(clip.id not in session.state.paths for clip in session.state.clips):
                session.arrange()
            job = session.train(seconds=seconds)
            if self._stopped.is_set():  # between the two, where there was nothing to cancel
                job.cancel()
            job.wait()
        except Exception as error:
            if session.job.state != "failed":  # else the job's own panel says it
                session.say("studio", str(error))
        finally:
            self.running = False
