"""A test run that is killed leaves nothing running: no server, no kernel, no engine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

RUN = """
import pathlib, sys, time
from jupyter_client import BlockingKernelClient
from tests.browser.lab_server import LabServer

server = LabServer(pathlib.Path(sys.argv[1]))
server.start()
kernel = server.request("POST", "/api/kernels")["id"]
file = server.runtime / f"kernel-{kernel}.json"
client = BlockingKernelClient(connection_file=str(file))
client.load_connection_file()
client.start_channels()
for _ in range(20):
    try:
        client.wait_for_ready(timeout=60)
        break
    except RuntimeError:  # a kernel that is still importing is taken for dead
        time.sleep(1.0)
told = []


def hear(message):
    told.append(str(message["content"].get("text", "") or message["content"].get("evalue", "")))


client.execute_interactive('''
import os, time
import numpy as np
from terrain_widgets.audio.hosts.starting import start_host
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.core.mapping import ConstantMapping
host = start_host(load_codec(), ConstantMapping(2, np.zeros(8, np.float32)))
while host.status().alive and not host.status().ready:
    time.sleep(0.05)
print(os.getppid(), os.getpid(), host.pid)
''', timeout=60, output_hook=hear)
print("".join(told).strip(), flush=True)
time.sleep(100)
"""


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE  # nobody reaps orphans in some containers
    except psutil.NoSuchProcess:
        return False


@pytest.mark.extra  # half a minute for the tests' own tidiness
def test_a_killed_test_run_leaves_no_server_no_kernel_and_no_engine(tmp_path: Path) -> None:
    root = str(Path(__file__).parents[1])
    with subprocess.Popen(
        [sys.executable, "-c", RUN, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": root},
    ) as run:
        assert run.stdout is not None
        line = run.stdout.readline()
        assert re.fullmatch(r"\d+ \d+ \d+\n", line), line
        pids = [int(pid) for pid in line.split()]
        assert all(map(_runs, pids))  # server, kernel, engine
        run.kill()
    deadline = time.monotonic() + 20.0
    while any(map(_runs, pids)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [pid for pid in pids if _runs(pid)]
