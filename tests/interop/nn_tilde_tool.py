"""Run by a Python that has nn-tilde, never by the tests' own: what that tool says of an exported instrument.

``python nn_tilde_tool.py island.ts`` hands every method and attribute of the file to ``nn_tilde.Module``, whose
registration calls each as nn~ does, with one row and with four (as ``mc.nn~``), and checks shape, length and type of
what comes back. Then it exports that module with its own ``export_to_ts`` and loads the file. Prints JSON.
"""

import json
import sys
import tempfile
import warnings
from pathlib import Path

import torch

warnings.simplefilter("ignore")

import cached_conv  # noqa: E402 - they warn when they are imported
import nn_tilde  # noqa: E402

cached_conv.MAX_BATCH_SIZE = max(cached_conv.MAX_BATCH_SIZE, 4)  # else the tool leaves out its test of four rows


class Instrument(nn_tilde.Module):
    """The exported file inside the tool's own module: its methods under their own names."""

    def __init__(self, path):
        super().__init__()
        self.model = torch.jit.load(path).eval()
        self.facts = {}
        for name in self.model.get_methods():
            inputs, in_ratio, outputs, out_ratio = (int(n) for n in getattr(self.model, f"{name}_params"))
            labels = {end: list(getattr(self.model, f"{name}_{end}_labels", [])) or None for end in ("input", "output")}
            with torch.no_grad():
                self.register_method(
                    name, inputs, in_ratio, outputs, out_ratio, labels["input"], labels["output"], test_method=True
                )
            self.facts[name] = [inputs, in_ratio, outputs, out_ratio]

    @torch.jit.export
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.model(x)

    @torch.jit.export
    def terrain(self, x: torch.Tensor) -> torch.Tensor:
        return self.model.terrain(x)

    @torch.jit.export
    def decode(self, x: torch.Tensor) -> torch.Tensor:
        return self.model.decode(x)


def main(path):
    """Check the file and print what was found."""
    instrument = Instrument(path)
    instrument.model.set_restart(True)  # what the checks left inside would be saved too
    with tempfile.TemporaryDirectory() as folder:
        again = Path(folder) / "again.ts"
        instrument.export_to_ts(str(again))
        loaded, source = torch.jit.load(str(again)), torch.jit.load(path)
        places = torch.rand(1, instrument.facts["forward"][0], 24) * 2 - 1
        with torch.no_grad():
            ours = source(places)
            difference = float((loaded(places) - ours).abs().max())
    print(
        json.dumps(
            {
                "methods": instrument.facts,
                "attributes": list(source.get_attributes()),
                "difference": difference,
                "peak": float(ours.abs().max()),
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1])
