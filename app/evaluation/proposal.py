"""Settings that an evaluation speaks for, as lines for the environment."""

from collections.abc import Mapping

from pydantic import BaseModel

from ...agents.ask import FINAL_PROMPT_TOKENS
from ...agents.manager import ANSWER_TOKENS
from ..settings import Settings
from .calibration import Calibration, Limit
from .figures import Figures

# Two modes are as good as each other within this share of the questions.
SAME_SHARE = 0.02
WINDOW_STEP_TOKENS = 512
MOST_PASSAGES = 24
LEAST_EVIDENCE_TOKENS = 200


class Line(BaseModel, frozen=True):
    """A setting to put into the environment, and why."""

    variable: str
    value: str
    reason: str


def propose(settings: Settings, modes: Mapping[str, Figures], calibration: Calibration | None) -> list[Line]:
    """Return the settings that differ from those that the evaluation ran with.

    Args:
        modes: the figures of each mode that was asked.
        calibration: what the model makes of evidence; None where it was not measured, or nothing was found.
    """
    lines = [line for line in (_mode(modes),) if line]
    if calibration and calibration.usable_tokens:
        lines += [_evidence(calibration, settings.reading.evidence_tokens), _passages(calibration)]
        lines += [line for line in (_window(calibration, settings.model.window_tokens),) if line]
    reading = settings.reading
    now = {
        "LONGREADER_READING__MODE": reading.mode,
        "LONGREADER_READING__EVIDENCE_TOKENS": str(reading.evidence_tokens),
        "LONGREADER_READING__PASSAGE_COUNT": str(reading.passage_count),
    }
    return [line for line in lines if now.get(line.variable) != line.value]


def _mode(modes: Mapping[str, Figures]) -> Line | None:
    """Return the cheapest of the modes that are as good as the best."""
    right = {mode: told.scores["right"] for mode, told in modes.items() if "right" in told.scores}
    if len(right) < 2:
        return None
    as_good = [mode for mode in right if right[mode] >= max(right.values()) - SAME_SHARE]
    best = min(as_good, key=lambda mode: modes[mode].mean_tokens)
    told = f"{100 * right[best]:.0f} % right at {modes[best].mean_tokens:,.0f} tokens a question"
    return Line(variable="LONGREADER_READING__MODE", value=best, reason=told)


def _evidence(calibration: Calibration, now_tokens: int) -> Line:
    tokens = max(calibration.usable_tokens, LEAST_EVIDENCE_TOKENS)
    reason = {
        Limit.MODEL: "with more, the model loses answers",
        Limit.WINDOW: "more does not fit the window",
        Limit.DOCUMENTS: "your documents hold no more to try",
    }[calibration.limit]
    if tokens > now_tokens:
        reason += f"; calls read up to {tokens / now_tokens:.1f} times as much"
    return Line(variable="LONGREADER_READING__EVIDENCE_TOKENS", value=str(tokens), reason=reason)


def _passages(calibration: Calibration) -> Line:
    count = round(calibration.usable_tokens / max(calibration.passage_tokens, 1))
    value = str(min(max(count, 1), MOST_PASSAGES))
    return Line(
        variable="LONGREADER_READING__PASSAGE_COUNT",
        value=value,
        reason=f"a passage has {calibration.passage_tokens:.0f} tokens",
    )


def _window(calibration: Calibration, window_tokens: int) -> Line | None:
    """Return the window that the evidence needs, where that is less than what is set: the rest is never read."""
    needed = calibration.usable_tokens + FINAL_PROMPT_TOKENS + ANSWER_TOKENS
    rounded = -(-needed // WINDOW_STEP_TOKENS) * WINDOW_STEP_TOKENS
    if calibration.limit is not Limit.MODEL or rounded >= window_tokens:
        return None
    return Line(
        variable="LONGREADER_MODEL__WINDOW_TOKENS",
        value=str(rounded),
        reason="enough for evidence, question and answer",
    )
