"""What a user makes by hand, with undo: sounds, paths that they lie on, labelled points, and the patch."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterable
from typing import Concatenate, ParamSpec

import traitlets
from numpy.typing import ArrayLike

from terrain_widgets.audio.patch import Changes, Patch
from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.paths.trajectory import SpatialTrajectory
from terrain_widgets.io.sound_files import Sound, SoundError
from terrain_widgets.io.sound_sources import SoundLike, as_sound, sound_files_in
from terrain_widgets.session.document import commands, patch_commands
from terrain_widgets.session.document.history import History
from terrain_widgets.session.document.state import Clip, SessionState, Snapshot

Arguments = ParamSpec("Arguments")


class Document(traitlets.HasTraits):
    """Sounds, paths, points and the patch. Every edit replaces ``state`` or ``patch`` whole, on the caller's thread.

    Args:
        boundary: The plane that views show.
        seed: Where the randomness of automatic layouts starts.
    """

    state = traitlets.Instance(SessionState, (), help="Sounds, paths and points; replaced whole at every edit.")
    patch = traitlets.Instance(Patch, (), help="What is set of how they play; replaced whole at every change.")
    selected = traitlets.Unicode("", help="Id of the clip that the next stroke belongs to.")

    def __init__(self, boundary: Boundary, seed: int) -> None:
        super().__init__()
        self.boundary, self.seed = boundary, seed
        self._lock = threading.RLock()
        self._history = History()
        self._next_id = 1

    @property
    def lock(self) -> threading.RLock:
        """Held while several traits change together: the document's, its latents, and the terrain trained on both.

        These have one lock and not one each, because they change together and tell of it while they do. Another codec
        takes the latents, the terrain and the codec's part of the patch in one step; a training that looked between
        would learn of no pairs, and fail instead of ending. And whoever observes a trait may edit: an observer of
        ``training.losses`` that changes the patch would take the document's lock inside the training's, and a codec
        that changes meanwhile the training's inside the document's, so that both wait for ever.

        So the rule is about time: nothing that takes long is done under it. Sounds are read, codecs loaded, terrains
        trained and copied, and samples rendered before it is taken. Gestures, saving and pictures take none: they read
        frozen values. Locks are taken in the order document, patch in use, sound, engines; all others are held for
        their own few lines only.
        """
        return self._lock

    def add_sound(self, sound: SoundLike, name: str | None = None, gesture: str = "") -> Clip:
        """Add a sound: a ``Sound``, a file's path, a file's bytes, or ``(array, rate)``, ``[A, S]`` or ``[S]`` and Hz.

        Args:
            sound: Any of these.
            name: What to call it, where it has no name.
            gesture: As ``apply_within`` takes it.

        Raises:
            SoundError: If it cannot be read; the session is unchanged.
        """
        read = as_sound(sound, name)
        with self._lock:
            clip_id = self._fresh_id()
            self._edit(commands.add_clip(self.state, clip_id, read), gesture)
            self._select_for_a_line()
            return self.state.clip(clip_id)

    def add_sounds(self, sounds: Iterable[SoundLike] | str | os.PathLike[str]) -> tuple[Clip, ...]:
        """Add several sounds as one step of undo: any that ``add_sound`` takes, or a folder with all sound files in it.

        Raises:
            SoundError: If some cannot be read, each with its reason; the others are added. Or if a folder holds none.
        """
        given = sound_files_in(sounds) if isinstance(sounds, str | os.PathLike) else list(sounds)
        read, bad = [], []
        for sound in given:
            try:
                read.append(as_sound(sound))
            except SoundError as error:
                bad.append(str(error))
        with self._lock:
            state, ids = self.state, []
            for sound in read:
                ids.append(self._fresh_id())
                state = commands.add_clip(state, ids[-1], sound)
            self._edit(state)
            self._select_for_a_line()
            clips = tuple(self.state.clip(clip_id) for clip_id in ids)
        if bad:
            raise SoundError(f"{len(clips)} sounds were added, {len(bad)} were not: {'; '.join(bad)}")
        return clips

    def rename_sound(self, clip_id: str, title: str) -> None:
        """Call a sound something else; ``""`` gives it its own name again."""
        self.apply(commands.rename_clip, clip_id, title)

    def move_sound(self, clip_id: str, by: int) -> None:
        """Move a sound down the list by so many places, or up with a negative number."""
        self.apply(commands.move_clip, clip_id, by)

    def remove_sound(self, clip_id: str) -> None:
        """Remove a sound and its path."""
        with self._lock:
            self._edit(commands.remove_clip(self.state, clip_id))
            if self.selected == clip_id:
                self.select_next()

    def add_as(self, clip_id: str, sound: Sound, colour: int | None = None) -> Clip:
        """Add a sound as it was in a file: under its id, or a fresh one if that is taken or none of ours.

        Args:
            clip_id: Its id there.
            sound: What is added.
            colour: Number of its colour there, if the file tells.
        """
        with self._lock:
            number = int(clip_id[1:]) if re.fullmatch(r"c[1-9]\d{0,8}", clip_id) else 0
            if not number or any(clip.id == clip_id for clip in self.state.clips):
                clip_id = self._fresh_id()
            self._next_id = max(self._next_id, number + 1)
            self._edit(commands.add_clip(self.state, clip_id, sound, colour))
            return self.state.clip(clip_id)

    def _fresh_id(self) -> str:
        self._next_id += 1
        return f"c{self._next_id - 1}"

    def draw(self, clip_id: str, path: SpatialTrajectory | ArrayLike, gesture: str = "") -> None:
        """Give a clip its path, ``[P, 2]`` in control units, in place of the one it had.

        Args:
            clip_id: Which clip.
            path: At least two different points.
            gesture: As ``apply_within`` takes it.

        Raises:
            ValueError: If the path has fewer than two different points, or is not finite.
            KeyError: If there is no such clip.
        """
        trajectory = path if isinstance(path, SpatialTrajectory) else SpatialTrajectory(path)
        if trajectory.length <= 0.0:
            raise ValueError("that was a single point, and a sound needs a line to lie along; press, move and release")
        with self._lock:
            self._edit(commands.set_path(self.state, clip_id, trajectory), gesture)

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

    def apply(
        self,
        command: Callable[Concatenate[SessionState, Arguments], SessionState],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> None:
        """Make any edit of ``commands``, ``path_commands`` or ``point_commands``, as one step of undo.

        ``session.apply(path_commands.move, ["p1"], (0.1, 0.0))`` moves a path. What such a command raises changes
        nothing, and one that has nothing to do leaves no step behind.

        Args:
            command: A function from a state and arguments to a state.
            *args: The command's arguments after the state.
            **kwargs: Likewise.
        """
        self.apply_within("", command, *args, **kwargs)

    def apply_within(
        self,
        gesture: str,
        command: Callable[Concatenate[SessionState, Arguments], SessionState],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> None:
        """Make an edit as part of a gesture: those in a row under one name, such as a drag's steps, are undone as one.

        Args:
            gesture: A name that no other gesture has, or ``""``.
            command: As ``apply`` takes it.
            *args: Likewise.
            **kwargs: Likewise.
        """
        with self._lock:
            self._edit(command(self.state, *args, **kwargs), gesture)
            self._keep_selection()

    def set(self, changes: Changes, gesture: str = "") -> None:
        """Change values of the patch by address, as one step of undo: ``set({"latents.scale": 0.8})``.

        What starts, stops and seeks (transient parameters) leaves no step behind, and undo leaves it as it is.

        Args:
            changes: As ``Patch.set`` takes them.
            gesture: As ``apply_within`` takes it.

        Raises:
            KeyError: If there is no such parameter; nothing is changed.
            ValueError: If a value is out of its range; nothing is changed.
        """
        with self._lock:
            self._edit(self.state, gesture, self.patch.set(changes))

    def set_within(self, gesture: str, state: SessionState, changes: Changes) -> None:
        """Change the state and values of the patch in one step.

        Raises:
            KeyError: As ``set``.
            ValueError: As ``set``.
        """
        with self._lock:
            self._edit(state, gesture, self.patch.set(changes))

    @property
    def snapshot(self) -> Snapshot:
        """All that undo goes back to, as it is now."""
        with self._lock:
            return Snapshot(self.state, self.patch)

    def undo(self) -> None:
        """Take back the last edit of sounds, paths or points, or the last change of the patch."""
        with self._lock:
            self._go_to(self._history.undo(self.snapshot))

    def redo(self) -> None:
        """Do again what undo took back."""
        with self._lock:
            self._go_to(self._history.redo(self.snapshot))

    def _go_to(self, snapshot: Snapshot) -> None:
        patch = snapshot.patch.with_transients_of(self.patch)
        self.state, self.patch = snapshot.state, patch
        self._keep_selection()

    def rewrite(self, change: Callable[[Snapshot], Snapshot]) -> None:
        """Change what is and all that undo and redo go to: for what no longer fits, such as another codec's latents."""
        with self._lock:
            self._history.rewrite(change)
            now = change(self.snapshot)
            self.state, self.patch = now.state, now.patch

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

    def _select_for_a_line(self) -> None:
        """A sound that was added is meant by the next stroke, unless another one still waits for its line."""
        if not self.selected or self.selected in self.state.paths:
            self.select_next()

    def become(self, other: Document) -> None:
        """Take over another document's sounds, paths and patch, with their ids."""
        self._next_id = other._next_id
        self.state, self.patch = other.state, other.patch
        self.forget_history()
        self.select_next()

    def _keep_selection(self) -> None:
        ids = [clip.id for clip in self.state.clips]
        if self.selected not in ids:
            self.selected = ids[0] if ids else ""

    def _edit(self, state: SessionState, gesture: str = "", patch: Patch | None = None) -> None:
        before = self.snapshot
        after = patch_commands.settled(Snapshot(state, self.patch if patch is None else patch))
        if after.state is not before.state or before.patch.lasting_changes_to(after.patch):
            self._history.push(before, gesture)
        self.state, self.patch = after.state, after.patch
