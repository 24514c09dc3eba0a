"""What notes by a model will cost, told before they are begun. Writing them is notes.py."""

from collections.abc import Iterable
from dataclasses import dataclass

from .llm import TokenCounter
from .notes import PIECE_TOKENS, fixed_tokens
from .trace import CallRecord

# Measured on the example with the default model: tokens written for each token of the document.
REPLY_SHARE = 1.1
_LEAST_CALLS = 3


@dataclass(frozen=True, slots=True)
class Speed:
    """Seconds that the model takes to read a token and to write one."""

    read_seconds: float
    write_seconds: float


@dataclass(frozen=True, slots=True)
class NotesEstimate:
    """About what the notes of a document cost. ``seconds`` is None where no speed was measured yet."""

    document_tokens: int
    input_tokens: int
    output_tokens: int
    seconds: float | None


def estimate_notes(
    document_tokens: int, chunk_tokens: int, counter: TokenCounter, speed: Speed | None
) -> NotesEstimate:
    """Return the cost of noting a document of so many tokens that is cut into chunks of ``chunk_tokens``.

    Calls that have to be made again are not in it.
    """
    call_count = -(-document_tokens // min(chunk_tokens, PIECE_TOKENS))
    read = document_tokens + call_count * fixed_tokens(counter)
    written = round(REPLY_SHARE * document_tokens)
    seconds = None if speed is None else read * speed.read_seconds + written * speed.write_seconds
    return NotesEstimate(document_tokens, read, written, seconds)


def measured_speed(calls: Iterable[CallRecord]) -> Speed | None:
    """Return the speed that best explains the calls (least squares, not below 0); None for fewer than three.

    Replies from the cache took no time and do not count.
    """
    timed = [call for call in calls if not call.from_cache and call.seconds > 0 and call.completion_tokens > 0]
    if len(timed) < _LEAST_CALLS:
        return None
    rr = sum(call.prompt_tokens**2 for call in timed)
    ww = sum(call.completion_tokens**2 for call in timed)
    rw = sum(call.prompt_tokens * call.completion_tokens for call in timed)
    rs = sum(call.prompt_tokens * call.seconds for call in timed)
    ws = sum(call.completion_tokens * call.seconds for call in timed)
    if determinant := rr * ww - rw * rw:
        read, write = (rs * ww - ws * rw) / determinant, (ws * rr - rs * rw) / determinant
        if read >= 0 and write >= 0:
            return Speed(read, write)
    # Only one of the two explains the times: the better one, which is the one that leaves less.
    return Speed(rs / rr, 0.0) if rs * rs * ww > ws * ws * rr else Speed(0.0, ws / ww)
