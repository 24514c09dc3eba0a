"""Sentences of a summary: split, cut where they repeat themselves, told once."""

import pytest
from longreader.agents.summary_point import Point, check_read, split, without_repeats
from longreader.agents.support import Sentence
from longreader.graph_store.chunk import Passage
from longreader.graph_store.document import Span

ONCE = "The master and the mate also spoke of the prices of the herring"
LOOP = f"{ONCE}, and the mate spoke of the prices of the herring, and the master spoke of the prices of the herring"


@pytest.mark.parametrize("said", [LOOP, f"{LOOP}."])
def test_a_sentence_ends_where_it_begins_to_repeat_itself(said: str):
    assert split([said]) == [ONCE + said[len(LOOP) :]]


@pytest.mark.parametrize(
    "said",
    [
        "The prices of the herring rose in the year 1902, and the prices of the cod fell in the year 1902.",
        "The Supplier shall indemnify the Customer against all claims, and the Customer shall indemnify the Supplier "
        "against all claims.",
        "Revenue for the year ended 31 May was $5,200 thousand, profit for the year ended 31 May was $900 thousand.",
        "The mole, the loft and the pier fell; the mole was built again.",
    ],
)
def test_a_sentence_that_says_something_new_stays_as_it_is(said: str):
    assert split([said]) == [said]


def test_what_one_point_has_told_another_does_not_tell_again():
    source = Sentence(Passage("p", "c", "d", 0, Span(0, 5)), Span(0, 5), "text")
    texts = [
        "The mole also fell in May.",
        "The mole fell in May.",
        "The mole did not fall in May.",
        "It fell in May 1902.",
    ]
    assert [point.text for point in without_repeats([Point(text, source) for text in texts])] == [texts[0], *texts[2:]]


SPREAD = "The remote has a rubber case, yellow, and a single button."
LONG = (
    "And here they spoke for a long while of the prices in other lands and of the shops in which people there buy such "
    "things today, by post and over the counter."
)
TURNS = ["The remote has a rubber case.", LONG, LONG, "So we said yellow.", LONG, "And a single button."]


def held(said: str, lines: list[str]) -> bool:
    text = "\n".join(lines)
    return bool(check_read([said], [(Passage("p", "c", "d", 0, Span(0, len(text))), text)], ""))


def test_in_a_conversation_a_matter_may_be_spread_over_turns():
    talk = [f"Ada Lund: {line}" for line in TURNS]
    assert held(SPREAD, talk)
    assert not held(SPREAD.replace("remote", "Vesta"), talk)
    assert not held(SPREAD, TURNS)
    assert not held(SPREAD, [*talk[:1], *[f"Ada Lund: {LONG}"] * 8, *talk[3:]])


def test_what_a_speaker_is_said_to_say_must_be_that_speakers_words():
    talk = ["Ada: The case should be of yellow rubber.", "Bo: I am against the speech chip.", "Ada: Fine.", "Bo: Yes."]
    assert held("Ada wants a yellow rubber case.", talk)
    assert not held("Bo wants a yellow rubber case.", talk)
    assert held("Bo is against the speech chip.", talk)
    assert not held("Ada is against the speech chip.", talk)
