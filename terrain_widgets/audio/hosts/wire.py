"""What a host and its audio process say to each other, as the channel's plain data."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from terrain_widgets.audio.device.device import DeviceSettings, DeviceStatus, InputSettings, InputStatus
from terrain_widgets.audio.page_stream.remote import RemoteStatus
from terrain_widgets.audio.render_loop.live_input import LiveSource
from terrain_widgets.audio.update import Packed, Update
from terrain_widgets.codecs.recipe import CodecRecipe


def packed_command(name: str, content: Any) -> Any:
    """What ``LocalHost._send`` is given, as plain data."""
    if name == "update":
        packed = content.pack()
        return {"config": packed.config, "arrays": packed.arrays}
    if name == "codec":
        return content.recipe.to_json()
    if name == "device":
        return None if content is None else asdict(content)
    if name == "listen" and content is not None:
        return {**vars(content), "device": None if content.device is None else asdict(content.device)}
    return content


def unpacked_command(name: str, content: Any) -> Any:
    """The reverse, in the audio process.

    Raises:
        ValueError: If it is damaged, has an asset of an unknown kind, or names a codec that is not here.
    """
    if name == "update":
        return Update.unpack(Packed(content["config"], content["arrays"]))
    if name == "codec":
        from terrain_widgets.codecs.loading import load_codec

        codec = load_codec(CodecRecipe.from_json(content))
        codec.stream(1)  # what is made once for all streams
        return codec
    if name == "device":
        return None if content is None else DeviceSettings(**content)
    if name == "listen" and content is not None:
        device = content["device"]
        return LiveSource(**{**content, "device": None if device is None else InputSettings(**device)})
    return content


def packed_news(what: str, content: Any) -> Any:
    """What a ``RenderLoop`` tells, as plain data."""
    if what in ("device", "input"):
        return None if content is None else asdict(content)
    if what == "page":
        fields = vars(content)
        return {**fields, "page": None if fields["page"] is None else dict(fields["page"])}
    return content


def unpacked_news(what: str, content: Any) -> Any:
    """The reverse, in the kernel."""
    if what == "device":
        return None if content is None else DeviceStatus(**content)
    if what == "input":
        return None if content is None else InputStatus(**content)
    return RemoteStatus(**content) if what == "page" else content
