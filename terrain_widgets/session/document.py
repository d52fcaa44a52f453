"""What a user makes by hand, with undo: sounds, and a path for each."""

from __future__ import annotations

import os
import threading

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.layout import lay_out
from terrain_widgets.core.trajectory import SpatialTrajectory
from terrain_widgets.io.sound_files import Sound, read_sound
from terrain_widgets.session import commands
from terrain_widgets.session.history import History
from terrain_widgets.session.state import Clip, SessionState


class Document(traitlets.HasTraits):
    """Sounds and paths. Every edit replaces ``state`` whole, on whatever thread it is made.

    Args:
        boundary: The plane that views show.
        seed: Where the randomness of automatic layouts starts.
    """

    state = traitlets.Instance(SessionState, (), help="Sounds and paths; replaced whole at every edit.")
    selected = traitlets.Unicode("", help="Id of the clip that the next stroke belongs to.")

    def __init__(self, boundary: Boundary, seed: int) -> None:
        super().__init__()
        self.boundary, self.seed = boundary, seed
        self._lock = threading.RLock()
        self._history = History()
        self._next_id = 1

    def add_sound(self, sound: Sound | str | os.PathLike[str] | bytes, name: str | None = None) -> Clip:
        """Add a sound: a ``Sound``, a file's path, or a file's bytes.

        Raises:
            SoundError: If it cannot be read; the session is unchanged.
        """
        with self._lock:
            clip = self._append(sound if isinstance(sound, Sound) else read_sound(sound, name=name))
            if not self.selected:
                self.select_next()
            return clip

    def remove_sound(self, clip_id: str) -> None:
        """Remove a sound and its path."""
        with self._lock:
            self._edit(commands.remove_clip(self.state, clip_id))
            if self.selected == clip_id:
                self.select_next()

    def _append(self, sound: Sound) -> Clip:
        clip_id = f"c{self._next_id}"
        self._next_id += 1
        self._edit(commands.add_clip(self.state, clip_id, sound))
        return self.state.clip(clip_id)

    def draw(self, clip_id: str, path: SpatialTrajectory | ArrayLike) -> None:
        """Give a clip its path, ``[P, 2]`` in control units, in place of the one it had.

        Raises:
            ValueError: If the path has fewer than two different points, or is not finite.
            KeyError: If there is no such clip.
        """
        trajectory = path if isinstance(path, SpatialTrajectory) else SpatialTrajectory(path)
        if trajectory.length <= 0.0:
            raise ValueError("that was a single point, and a sound needs a line to lie along; press, move and release")
        with self._lock:
            self._edit(commands.set_path(self.state, clip_id, trajectory))

    def arrange(self) -> None:
        """Lay out a path for every clip that has none (for all of them, if all have one)."""
        with self._lock:
            clips = self.state.clips
            lengths = [self.frames_needed(clip.id) for clip in clips]
            laid = dict(zip((c.id for c in clips), lay_out(lengths, self.boundary, self.seed), strict=True))
            missing = {clip_id: path for clip_id, path in laid.items() if clip_id not in self.state.paths}
            self._edit(commands.set_paths(self.state, missing or laid))
            self.select_next()

    def erase(self, clip_id: str) -> None:
        """Take a clip's path away."""
        with self._lock:
            self._edit(commands.remove_path(self.state, clip_id))
            self.selected = clip_id

    def clear_paths(self) -> None:
        """Take all paths away (undo brings them back)."""
        with self._lock:
            self._edit(commands.clear_paths(self.state))
            self.select_next()

    def undo(self) -> None:
        """Take back the last edit of sounds or paths."""
        with self._lock:
            self.state = self._history.undo(self.state)
            self._keep_selection()

    def redo(self) -> None:
        """Do again what undo took back."""
        with self._lock:
            self.state = self._history.redo(self.state)
            self._keep_selection()

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return self._history.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether there is an edit to do again."""
        return self._history.can_redo

    def forget_history(self) -> None:
        """From here there is nothing to undo."""
        self._history = History()

    def select(self, clip_id: str) -> None:
        """The next stroke belongs to this clip.

        Raises:
            KeyError: If there is no such clip.
        """
        self.selected = self.state.clip(clip_id).id

    def select_next(self) -> None:
        """Select the first clip without a path, or keep the selection if all have one."""
        for clip in self.state.clips:
            if clip.id not in self.state.paths:
                self.selected = clip.id
                return
        self._keep_selection()

    def frames_needed(self, clip_id: str) -> int:
        """Frames that the clip's path will carry; a document alone only knows hundredths of a second."""
        return max(1, int(np.ceil(100 * self.state.clip(clip_id).sound.duration)))

    def become(self, other: Document) -> None:
        """Take over another document's sounds and paths, with their ids."""
        self._next_id = other._next_id
        self.state = other.state
        self.forget_history()
        self.select_next()

    def _keep_selection(self) -> None:
        ids = [clip.id for clip in self.state.clips]
        if self.selected not in ids:
            self.selected = ids[0] if ids else ""

    def _edit(self, state: SessionState) -> None:
        self._history.push(self.state)
        self.state = state
