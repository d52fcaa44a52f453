"""Training a codec as a task of a process of its own, run by ``process.service``: the sound and the page go on."""

from __future__ import annotations

from pathlib import Path

from terrain_widgets.codecs.trainer.dataset import dataset_of
from terrain_widgets.codecs.trainer.events import Event, to_message
from terrain_widgets.codecs.trainer.recipes.registry import recipe_called
from terrain_widgets.codecs.trainer.settings import Settings
from terrain_widgets.codecs.trainer.trainer import Trainer, Wish
from terrain_widgets.io.sound_files import Sound
from terrain_widgets.io.sound_sources import SoundLike
from terrain_widgets.process.service import Request, Task


class _Wishes:
    """What the parent wishes of the training that runs."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._wish: Wish = "go"

    def now(self) -> Wish:
        """The latest wish."""
        for header, _ in self._request.news():
            if header["do"] in ("go", "pause", "stop"):
                self._wish = header["do"]
        return "stop" if self._request.cancelled else self._wish


def train_codec(request: Request) -> None:
    """Train to the end; each event is told."""
    content = request.content

    def tell(event: Event) -> None:
        message = to_message(event)
        request.say({"event": message["event"]}, message["content"])

    recipe, settings = recipe_called(content["recipe"]), Settings(**content["settings"])
    sounds: str | list[SoundLike] = content["folder"] or [Sound(**sound) for sound in content["sounds"]]
    dataset = dataset_of(
        sounds, recipe.sample_rate, settings.validation_share, settings.seed, most_seconds=60 * settings.most_minutes
    )
    trainer = Trainer(
        recipe,
        dataset,
        settings,
        Path(content["out"]),
        Path(content["checkpoint"]),
        told=tell,
        wish=_Wishes(request).now,
        licence=content["licence"],
        resume=content["resume"],
    )
    trainer.run()
    request.say({"ended": True})


TASKS: dict[str, Task] = {"train_codec": train_codec}
