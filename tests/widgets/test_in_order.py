"""Messages of a page that a kernel's threads take in another order than they were sent in."""

from __future__ import annotations

import random
import threading

from terrain_widgets.widgets.sound.in_order import InOrder


def test_two_queues_that_are_taken_at_once_give_one_sequence() -> None:
    taken: list[int] = []
    order = InOrder(taken.append)
    queues = [list(range(0, 40)) + list(range(100, 160)), list(range(40, 100)) + list(range(160, 200))]
    threads = [threading.Thread(target=lambda q=q: [order.give(1.5, k, k) for k in q]) for q in queues]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken == list(range(200))


def test_pages_count_for_themselves() -> None:
    taken: list[str] = []
    order = InOrder(taken.append)
    for teller, number, word in ((1.0, 1, "b"), (2.0, 0, "A"), (1.0, 0, "a"), (2.0, 1, "B"), (1.0, 2, "c")):
        order.give(teller, number, word)
    assert taken == ["A", "a", "b", "B", "c"]


def test_one_that_never_comes_is_passed_over_after_a_while_and_taken_if_it_comes_after_all() -> None:
    taken: list[int] = []
    seconds = [0.0]
    order = InOrder(taken.append, patience=10.0, now=lambda: seconds[0])
    for number in (0, 2, 3):
        order.give(1.0, number, number)
    assert taken == [0]
    seconds[0] = 11.0
    order.give(1.0, 4, 4)
    assert taken == [0, 2, 3, 4]
    order.give(1.0, 1, 1)
    order.give(1.0, 5, 5)
    assert taken == [0, 2, 3, 4, 1, 5]


def test_any_order_in_which_they_come_is_put_right() -> None:
    for seed in range(50):
        numbers = list(range(30))
        random.Random(seed).shuffle(numbers)
        taken: list[int] = []
        order = InOrder(taken.append)
        for number in numbers:
            order.give(0.0, number, number)
        assert taken == list(range(30))
