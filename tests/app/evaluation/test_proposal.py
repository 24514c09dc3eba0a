import pytest
from longreader.app.evaluation.calibration import Calibration, Limit
from longreader.app.evaluation.figures import Figures, figures
from longreader.app.evaluation.proposal import propose
from longreader.app.evaluation.row import Row
from longreader.app.settings import Settings


def calibration(usable_tokens: int, limit: Limit = Limit.MODEL, passage_tokens: float = 100.0) -> Calibration:
    return Calibration(
        needle_count=4,
        planted=False,
        trials=(),
        usable_tokens=usable_tokens,
        limit=limit,
        passage_tokens=passage_tokens,
    )


def told(right: float, tokens: int) -> Figures:
    rows = [Row(question_id=str(i), task="", way="", scores={"right": right}, prompt_tokens=tokens) for i in range(3)]
    return figures(rows)


def proposed(calibrated: Calibration | None, **modes: Figures) -> dict[str, str]:
    lines = propose(Settings(), modes, calibrated)
    assert all(line.reason for line in lines)
    return {line.variable.removeprefix("LONGREADER_"): line.value for line in lines}


def test_evidence_and_what_follows_from_it():
    assert proposed(calibration(800)) == {
        "READING__EVIDENCE_TOKENS": "800",
        "MODEL__WINDOW_TOKENS": "2560",
    }
    assert proposed(calibration(3_200, Limit.WINDOW)) == {
        "READING__EVIDENCE_TOKENS": "3200",
        "READING__PASSAGE_COUNT": "24",
    }


def test_nothing_is_proposed_that_is_set_already_or_was_not_found():
    assert proposed(calibration(1_600, Limit.WINDOW, passage_tokens=200.0)) == {}
    assert proposed(calibration(0)) == {}
    assert proposed(None) == {}


def test_the_cheapest_of_the_best_modes_is_proposed():
    modes = {"auto": told(0.80, 4_000), "graph": told(0.81, 20_000), "retrieve": told(0.60, 2_000)}
    assert proposed(None, **modes) == {}, "auto is set already"
    modes["retrieve"] = told(0.80, 2_000)
    assert proposed(None, **modes) == {"READING__MODE": "retrieve"}
    assert proposed(None, graph=told(0.9, 1)) == {}, "a single mode is compared with nothing"


@pytest.mark.parametrize("usable_tokens", [400, 1_200, 2_400])
def test_what_is_proposed_can_be_set(usable_tokens: int, monkeypatch: pytest.MonkeyPatch):
    for line in propose(Settings(), {}, calibration(usable_tokens)):
        monkeypatch.setenv(line.variable, line.value)
    assert Settings().reading.evidence_tokens == usable_tokens
