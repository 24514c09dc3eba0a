"""Sentences of a summary: split, cut where they repeat themselves, told once."""

import pytest
from longreader.agents.summary_point import Point, split, without_repeats
from longreader.agents.support import Sentence
from longreader.graph_store.chunk import Passage
from longreader.graph_store.document import Span

LOOP = (
    "The master also spoke of the prices of the herring of that year, and the master and the mate spoke of the prices "
    "of the herring of that year, and the master and the mate spoke of the prices of the herring of that year"
)


@pytest.mark.parametrize("said", [LOOP, f"{LOOP}."])
def test_a_sentence_ends_where_it_begins_to_repeat_itself(said: str):
    assert split([said]) == ["The master also spoke of the prices of the herring of that year."]


def test_of_a_sentence_that_only_repeats_itself_nothing_stays():
    assert split(["boats and boats and boats and boats and boats and boats"]) == []


def test_other_sentences_stay_as_they_are():
    said = ["The mole of the town fell in May.", "The prices of the herring rose, and the prices of the cod fell."]
    assert split([" ".join(said)]) == said


def test_what_one_point_has_told_another_does_not_tell_again():
    source = Sentence(Passage("p", "c", "d", 0, Span(0, 5)), Span(0, 5), "text")
    texts = [
        "The mole fell in May 1902.",
        "In May the mole fell.",
        "The mole was built again.",
        "The mole fell in 1902.",
    ]
    assert [point.text for point in without_repeats([Point(text, source) for text in texts])] == [texts[0], texts[2]]
