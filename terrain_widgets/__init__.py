"""Latent terrains in JupyterLab: draw a path for each sound, train for a moment, play the landscape.

Names below are loaded on first use, so that importing the package stays instant and opens nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOMES = {
    "Boundary": "core.boundary",
    "SpatialTrajectory": "core.paths.trajectory",
    "LatentTrajectory": "core.paths.trajectory",
    "TerrainDataset": "core.training.dataset",
    "Terrain": "core.terrain.terrain",
    "TrainingError": "core.training.errors",
    "FitState": "core.training.fit",
    "fit": "core.training.fit",
    "TrainingSettings": "core.training.settings",
    "PairingRule": "core.paths.pairing",
    "PointMap": "core.points.point_map",
    "PointSet": "core.points.points",
    "jitter_psnr": "core.training.jitter",
    "path_errors": "core.training.jitter",
    "summary": "core.training.summary",
    "sample_grid": "core.pictures.heatmap",
    "train_gallery": "core.training.sweep",
    "Sound": "io.sound_files",
    "SoundError": "io.sound_files",
    "SoundTooLong": "io.sound_files",
    "read_sound": "io.sound_files",
    "write_wav": "io.sound_files",
    "sounds": "io.sound_files",
    "Checkpoint": "io.checkpoint",
    "CheckpointError": "io.checkpoint",
    "load_checkpoint": "io.checkpoint",
    "save_checkpoint": "io.checkpoint",
    "SessionFileError": "io.session_file",
    "load_codec": "codecs.loading",
    "train_codec": "codecs.trainer.train_codec",
    "check_codec": "codecs.check",
    "CodecError": "codecs.base",
    "CodecInfo": "codecs.base",
    "MosaicCodec": "codecs.mosaic.codec",
    "download_model": "codecs.downloads",
    "render": "audio.takes.render",
    "replay": "audio.takes.render",
    "Take": "audio.takes.take",
    "TakeError": "audio.takes.take_file",
    "Automation": "audio.takes.automation",
    "AutomationError": "audio.takes.automation",
    "read_take": "audio.takes.take_file",
    "DeviceError": "audio.device.device",
    "ForeignFileError": "interop.errors",
    "ExportError": "interop.errors",
    "BendFileError": "session.stage.bending.bend_files",
    "ControlMapFileError": "session.stage.modulation.control_map",
    "Session": "session.session",
    "DrawingCanvas": "widgets.panels.drawing.drawing_canvas",
    "EncoderPanel": "widgets.panels.encoder.encoder_panel",
    "LossChart": "widgets.panels.training.loss_chart",
    "HeatmapExplorer": "widgets.panels.terrain.heatmap_explorer",
    "PairingPanel": "widgets.panels.drawing.pairing_panel",
    "SigmaGallery": "widgets.panels.training.sigma_gallery",
    "SliceExplorer": "widgets.panels.terrain.slice_explorer",
    "PlayWidget": "widgets.panels.play.play_widget",
    "PointsPanel": "widgets.panels.points.points_panel",
    "BendingPanel": "widgets.panels.bending.bending_panel",
    "LivePanel": "widgets.panels.live.live_panel",
    "CodecLabPanel": "widgets.panels.codec_lab.codec_lab_panel",
    "ModulatePanel": "widgets.panels.modulate.modulate_panel",
    "PresetsPanel": "widgets.panels.presets.presets_panel",
    "PresetFileError": "session.stage.presets",
    "TakesPanel": "widgets.panels.takes.takes_panel",
    "LatentSlidersPanel": "widgets.panels.sliders.latent_sliders_panel",
    "ExplorePanel": "widgets.panels.explore.explore_panel",
    "SessionBar": "widgets.files.session_bar",
    "Instrument": "widgets.instrument.instrument",
    "Studio": "studio",
}
__all__ = ["__version__", *_HOMES]

if TYPE_CHECKING:
    from terrain_widgets.audio.device.device import DeviceError as DeviceError
    from terrain_widgets.audio.takes.automation import Automation as Automation
    from terrain_widgets.audio.takes.automation import AutomationError as AutomationError
    from terrain_widgets.audio.takes.render import render as render
    from terrain_widgets.audio.takes.render import replay as replay
    from terrain_widgets.audio.takes.take import Take as Take
    from terrain_widgets.audio.takes.take_file import TakeError as TakeError
    from terrain_widgets.audio.takes.take_file import read_take as read_take
    from terrain_widgets.codecs.base import CodecError as CodecError
    from terrain_widgets.codecs.base import CodecInfo as CodecInfo
    from terrain_widgets.codecs.check import check_codec as check_codec
    from terrain_widgets.codecs.downloads import download_model as download_model
    from terrain_widgets.codecs.loading import load_codec as load_codec
    from terrain_widgets.codecs.mosaic.codec import MosaicCodec as MosaicCodec
    from terrain_widgets.codecs.trainer.train_codec import train_codec as train_codec
    from terrain_widgets.core.boundary import Boundary as Boundary
    from terrain_widgets.core.paths.pairing import PairingRule as PairingRule
    from terrain_widgets.core.paths.trajectory import LatentTrajectory as LatentTrajectory
    from terrain_widgets.core.paths.trajectory import SpatialTrajectory as SpatialTrajectory
    from terrain_widgets.core.pictures.heatmap import sample_grid as sample_grid
    from terrain_widgets.core.points.point_map import PointMap as PointMap
    from terrain_widgets.core.points.points import PointSet as PointSet
    from terrain_widgets.core.terrain.terrain import Terrain as Terrain
    from terrain_widgets.core.training.dataset import TerrainDataset as TerrainDataset
    from terrain_widgets.core.training.errors import TrainingError as TrainingError
    from terrain_widgets.core.training.fit import FitState as FitState
    from terrain_widgets.core.training.fit import fit as fit
    from terrain_widgets.core.training.jitter import jitter_psnr as jitter_psnr
    from terrain_widgets.core.training.jitter import path_errors as path_errors
    from terrain_widgets.core.training.settings import TrainingSettings as TrainingSettings
    from terrain_widgets.core.training.summary import summary as summary
    from terrain_widgets.core.training.sweep import train_gallery as train_gallery
    from terrain_widgets.interop.errors import ExportError as ExportError
    from terrain_widgets.interop.errors import ForeignFileError as ForeignFileError
    from terrain_widgets.io.checkpoint import Checkpoint as Checkpoint
    from terrain_widgets.io.checkpoint import CheckpointError as CheckpointError
    from terrain_widgets.io.checkpoint import load_checkpoint as load_checkpoint
    from terrain_widgets.io.checkpoint import save_checkpoint as save_checkpoint
    from terrain_widgets.io.session_file import SessionFileError as SessionFileError
    from terrain_widgets.io.sound_files import Sound as Sound
    from terrain_widgets.io.sound_files import SoundError as SoundError
    from terrain_widgets.io.sound_files import SoundTooLong as SoundTooLong
    from terrain_widgets.io.sound_files import read_sound as read_sound
    from terrain_widgets.io.sound_files import sounds as sounds
    from terrain_widgets.io.sound_files import write_wav as write_wav
    from terrain_widgets.session.session import Session as Session
    from terrain_widgets.studio import Studio as Studio
    from terrain_widgets.widgets.files.session_bar import SessionBar as SessionBar
    from terrain_widgets.widgets.instrument.instrument import Instrument as Instrument
    from terrain_widgets.widgets.panels.codec_lab.codec_lab_panel import CodecLabPanel as CodecLabPanel
    from terrain_widgets.widgets.panels.drawing.drawing_canvas import DrawingCanvas as DrawingCanvas
    from terrain_widgets.widgets.panels.drawing.pairing_panel import PairingPanel as PairingPanel
    from terrain_widgets.widgets.panels.encoder.encoder_panel import EncoderPanel as EncoderPanel
    from terrain_widgets.widgets.panels.explore.explore_panel import ExplorePanel as ExplorePanel
    from terrain_widgets.widgets.panels.live.live_panel import LivePanel as LivePanel
    from terrain_widgets.widgets.panels.modulate.modulate_panel import ModulatePanel as ModulatePanel
    from terrain_widgets.widgets.panels.play.play_widget import PlayWidget as PlayWidget
    from terrain_widgets.widgets.panels.points.points_panel import PointsPanel as PointsPanel
    from terrain_widgets.widgets.panels.presets.presets_panel import PresetsPanel as PresetsPanel
    from terrain_widgets.widgets.panels.sliders.latent_sliders_panel import LatentSlidersPanel as LatentSlidersPanel
    from terrain_widgets.widgets.panels.takes.takes_panel import TakesPanel as TakesPanel
    from terrain_widgets.widgets.panels.terrain.heatmap_explorer import HeatmapExplorer as HeatmapExplorer
    from terrain_widgets.widgets.panels.terrain.slice_explorer import SliceExplorer as SliceExplorer
    from terrain_widgets.widgets.panels.training.loss_chart import LossChart as LossChart
    from terrain_widgets.widgets.panels.training.sigma_gallery import SigmaGallery as SigmaGallery


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
