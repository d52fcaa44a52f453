"""How many processors may be used is what the machine grants, not what it has."""

import pytest

from terrain_widgets.session.threads import usable_cpus


@pytest.mark.parametrize(
    ("files", "least", "most"),
    [
        ({"cpu.max": "50000 100000"}, 1, 1),
        ({"cpu.max": "100000 100000"}, 1, 1),
        ({"cpu.max": "max 100000"}, 1, 10_000),
        ({"cpu/cpu.cfs_quota_us": "100000", "cpu/cpu.cfs_period_us": "100000"}, 1, 1),
        ({"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, 1, 10_000),
        ({}, 1, 10_000),
    ],
)
def test_the_cgroup_s_quota_counts(files, least, most, tmp_path):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert least <= usable_cpus(tmp_path) <= most
