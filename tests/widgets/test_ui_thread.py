"""The queue that all drawing goes through."""

from __future__ import annotations

import threading
import time

from terrain_widgets.widgets.base.ui_thread import UiThread, ui
from terrain_widgets.widgets.base.ui_ticker import UiTicker


def test_work_is_done_in_order_on_one_other_thread():
    ui, done, threads = UiThread(), [], set()

    def work(number):
        done.append(number)
        threads.add(threading.current_thread())

    for number in range(200):
        ui.submit(lambda number=number: work(number))
    assert ui.flush()
    assert done == list(range(200)) and len(threads) == 1 and threading.current_thread() not in threads


def test_only_the_newest_of_a_kind_is_done():
    ui, done, gate = UiThread(), [], threading.Event()
    ui.submit(gate.wait)
    for number in range(50):
        ui.submit(lambda number=number: done.append(number), key="picture")
    ui.submit(lambda: done.append("end"))
    gate.set()
    assert ui.flush()
    assert done == [49, "end"]


def test_a_failure_harms_nothing_else(caplog):
    ui, done = UiThread(), []
    ui.submit(lambda: 1 / 0)
    ui.submit(lambda: done.append("after"))
    assert ui.flush()
    assert done == ["after"] and "could not be updated" in caplog.text


def test_work_may_submit_work_and_flush_waits_for_it():
    ui, done = UiThread(), []
    ui.submit(lambda: ui.submit(lambda: done.append("inner")))
    assert ui.flush()
    assert ui.flush() and done == ["inner"]


def test_a_ticker_ticks_on_the_ui_thread_as_long_as_there_is_a_reason():
    answers, threads, enough = [False, True, True], set(), threading.Event()

    def tick():
        threads.add(threading.current_thread().name)
        more = answers.pop() if answers else False
        if not answers:
            enough.set()
        return more

    ticker = UiTicker(tick)
    ticker.start()
    assert enough.wait(10.0) and threads == {"terrain_widgets ui"}
    deadline = time.monotonic() + 10.0
    while ticker.running:
        assert time.monotonic() < deadline, "it rests when there is no more to do"
        time.sleep(0.01)
    enough.clear()
    answers.append(False)
    ticker.start()
    assert enough.wait(10.0), "and begins again"
    ticker.close()
    answers.append(False)
    ticker.start()
    assert ui.flush() and answers == [False], "but not after its end"
