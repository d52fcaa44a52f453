"""A process that ends in the middle of work ends in peace."""

from __future__ import annotations

import subprocess
import sys

import pytest

WORK = """
import sys, threading, time
import numpy as np
import torch
from terrain_widgets.session.jobs.jobs import Job
from terrain_widgets.widgets.base.ui_thread import ui

begun = threading.Event()

def busy(stopped):
    table = torch.rand(400, 400)
    begun.set()
    while not stopped():
        torch.nn.functional.gelu(table @ table).sum().item()

if sys.argv[1] == "job":
    Job("train", lambda job: busy(lambda: job.cancelled), lambda status: None).start()
else:
    until = time.monotonic() + 2.0
    ui.submit(lambda: busy(lambda: time.monotonic() > until))
begun.wait()
"""


@pytest.mark.parametrize("where", ["job", "ui"])
def test_threads_that_work_when_a_script_ends_do_not_abort_it(where: str) -> None:
    ended = subprocess.run([sys.executable, "-c", WORK, where], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
