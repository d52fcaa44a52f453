"""How many processors may be used is what the machine grants, not what it has."""

import os

import pytest
import torch

from terrain_widgets.session.jobs import cpu_budget as threads
from terrain_widgets.session.jobs.cpu_budget import cpu_quota, usable_cpus


@pytest.mark.parametrize(
    ("files", "own", "quota"),
    [
        ({"cpu.max": "50000 100000"}, "0::/", 0.5),
        ({"cpu.max": "300000 100000"}, "0::/", 3.0),
        ({"cpu.max": "max 100000"}, "0::/", None),
        ({"cpu.max": "nonsense"}, "0::/", None),
        ({"cpu/cpu.cfs_quota_us": "150000", "cpu/cpu.cfs_period_us": "100000"}, "1:cpu:/", 1.5),
        ({"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, "1:cpu:/", None),
        ({}, "0::/", None),
        # a spawner without containers: the quota is on the way to the kernel's own cgroup, and the least counts
        ({"system.slice/jupyter-ada.service/cpu.max": "200000 100000"}, "0::/system.slice/jupyter-ada.service", 2.0),
        (
            {"system.slice/cpu.max": "100000 100000", "system.slice/x/cpu.max": "400000 100000"},
            "0::/system.slice/x",
            1.0,
        ),
        ({"other.slice/cpu.max": "100000 100000"}, "0::/system.slice/x", None),
        (
            {"cpu,cpuacct/u/cpu.cfs_quota_us": "200000", "cpu,cpuacct/u/cpu.cfs_period_us": "100000"},
            "4:cpu,cpuacct:/u\n3:memory:/m",
            2.0,
        ),
        ({"cpu.max": "200000 100000"}, None, 2.0),  # a system that does not tell
    ],
)
def test_the_cgroup_s_quota_counts(files, own, quota, tmp_path):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    membership = tmp_path / "membership"
    if own is not None:
        membership.write_text(own + "\n")
    assert cpu_quota(tmp_path, membership) == quota
    most = threads.affinity()
    assert usable_cpus(tmp_path, membership) == (most if quota is None else max(1, min(most, int(quota))))


def test_a_machine_of_many_processors_uses_what_the_quota_grants(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(64)), raising=False)
    (tmp_path / "cpu.max").write_text("400000 100000")
    assert usable_cpus(tmp_path, tmp_path / "none") == 4
    monkeypatch.setattr(threads, "usable_cpus", lambda: usable_cpus(tmp_path, tmp_path / "none"))
    before = torch.get_num_threads()
    try:
        threads.leave_a_processor_free()
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)
