import pytest

from benchmarks.quality.bootstrap import paired_difference


def test_only_shared_questions_count():
    found = paired_difference({"a": 1.0, "b": 0.5, "c": 1.0}, {"a": 0.0, "b": 0.5, "d": 1.0})
    assert found is not None
    assert (found.question_count, found.mean) == (2, 0.5)
    assert paired_difference({"a": 1.0}, {"b": 1.0}) is None


def test_equal_differences_leave_no_doubt():
    found = paired_difference(dict.fromkeys("abcd", 0.75), dict.fromkeys("abcd", 0.25))
    assert found is not None
    assert (found.mean, found.low, found.high) == (0.5, 0.5, 0.5)


def test_the_interval_is_that_of_the_mean():
    # Half the questions are won, half are not: the mean of n draws has a deviation of 0.5 / sqrt(n).
    one = {str(i): float(i % 2) for i in range(100)}
    found = paired_difference(one, dict.fromkeys(one, 0.0))
    assert found is not None
    assert found.mean == 0.5
    assert found.low == pytest.approx(0.5 - 1.96 * 0.05, abs=0.02)
    assert found.high == pytest.approx(0.5 + 1.96 * 0.05, abs=0.02)
    assert paired_difference(one, dict.fromkeys(one, 0.0)) == found, "the draws are the same each time"
