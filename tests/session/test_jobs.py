"""Jobs say how far they are no faster than it can be read, and always how they ended."""

from __future__ import annotations

import time

from terrain_widgets.session.jobs.jobs import Job, JobStatus


def test_words_come_no_faster_than_they_can_be_read() -> None:
    heard: list[JobStatus] = []

    def work(job: Job) -> None:
        job.progress(0.1, "loading")  # at once: it may be all that is said for a while
        until = time.monotonic() + 1.1
        while time.monotonic() < until:
            job.progress(0.5, "half way", seldom=True)
            time.sleep(0.005)
        job.progress(1.0, "all of it")

    job = Job("train", work, heard.append).start().wait(10)
    assert [status.message for status in heard[:2]] == ["starting", "loading"]
    assert heard[-1].message == "all of it"
    assert heard[-1].state == "done" and 4 <= len(heard) <= 8
    assert job.status == heard[-1]
