import pytest
from longreader.agents.llm import ScriptedCounter
from longreader.agents.notes_estimate import Speed, estimate_notes, measured_speed
from longreader.agents.trace import CallRecord


def call(read: int, written: int, seconds: float, *, from_cache: bool = False) -> CallRecord:
    return CallRecord(
        purpose="work",
        prompt_tokens=read,
        completion_tokens=written,
        seconds=seconds,
        finish_reason="stop",
        from_cache=from_cache,
    )


def test_the_instruction_is_paid_for_each_chunk_and_stays_below_a_quarter():
    one = estimate_notes(1_100, 1_200, ScriptedCounter(), None)
    ten = estimate_notes(12_000, 1_200, ScriptedCounter(), Speed(0.01, 0.03))
    assert ten.input_tokens - 12_000 == 10 * (one.input_tokens - 1_100)
    assert one.input_tokens <= 1.25 * 1_100
    assert one.seconds is None
    assert ten.seconds == pytest.approx(0.01 * ten.input_tokens + 0.03 * ten.output_tokens)


def test_the_speed_is_that_of_the_calls():
    speed = measured_speed(
        [call(1000, 10, 10.3), call(500, 100, 8.0), call(200, 50, 3.5), call(9, 9, 1, from_cache=True)]
    )
    assert speed is not None
    assert (speed.read_seconds, speed.write_seconds) == pytest.approx((0.01, 0.03))


def test_calls_that_are_all_alike_still_tell_a_speed():
    speed = measured_speed([call(100, 10, 2.0)] * 3)
    assert speed is not None
    assert 100 * speed.read_seconds + 10 * speed.write_seconds == pytest.approx(2.0)


def test_too_few_calls_tell_none():
    assert measured_speed([call(1000, 10, 1.0)] * 2) is None
