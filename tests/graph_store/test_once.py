import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from longreader.graph_store.once import Once


class Slow:
    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.computed_count = 0

    @Once
    def value(self) -> object:
        """A value."""
        self.computed_count += 1
        time.sleep(0.1)
        return object()

    @Once
    def pair(self) -> tuple[object, object]:
        return self.value, self.value


class Broken:
    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.divisor = 0

    @Once
    def quotient(self) -> int:
        return 1 // self.divisor


def test_threads_that_meet_there_get_the_same_value():
    slow = Slow()
    with ThreadPoolExecutor(4) as threads:
        values = list(threads.map(lambda _: slow.value, range(4)))
    assert slow.computed_count == 1
    assert len(set(values)) == 1


def test_one_may_use_another():
    slow = Slow()
    assert slow.pair == (slow.value, slow.value)
    assert Slow().value is not slow.value


def test_what_fails_is_tried_again():
    broken = Broken()
    with pytest.raises(ZeroDivisionError):
        _ = broken.quotient
    broken.divisor = 1
    assert broken.quotient == 1


def test_its_docstring_stays():
    assert Slow.value.__doc__ == "A value."
