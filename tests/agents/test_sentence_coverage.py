"""How much of a question one sentence of a text tells, and that such passages come first."""

import pytest
from longreader.agents.sentence_coverage import QuestionWords, is_to_the_point, sentence_coverage

QUESTION = "On what date did current from the sea first reach the grid?"
ANSWERING = "The works were small. On 12 October 2001 current from the sea reached the grid for the first time."
SCATTERED = "The date was set. The sea was calm. A current ran. The grid was new. It was the first reach of the sound."
BESIDE = "Cable One carries the current to the grid."


def test_words_in_one_sentence_count_for_more_than_words_in_several():
    answering, scattered, beside = sentence_coverage(QUESTION, [ANSWERING, SCATTERED, BESIDE])
    assert answering > beside > 0
    assert answering > scattered


def test_a_sentence_with_every_word_has_a_coverage_of_1():
    assert sentence_coverage("Where is the boat?", ["Where the boat is."]) == [1.0]


def test_endings_and_case_do_not_matter():
    assert sentence_coverage("lifted boats", ["Nobody LIFTS a boat.", "Nobody rows."]) == [1.0, 0.0]


def test_rare_words_count_for_more_than_those_that_all_texts_have():
    texts = ["The boat sank.", "The boat of Brandt.", "The boat stayed."]
    sank, brandt, stayed = sentence_coverage("the boat Brandt built", texts)
    assert brandt > 2 * sank
    assert sank == stayed


def test_without_a_word_to_look_for_all_is_covered_and_without_a_text_nothing():
    assert sentence_coverage("of the", ["The boat."]) == [1.0]
    assert sentence_coverage("the boat", [""]) == [0.0]


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("Where is Dunsany based?", "Dunsany | Base: Hestergate"),
        ("Who stopped the mill?", "A stop of the mill"),
        ("Who is closing the pass?", "They close the pass"),
    ],
)
def test_a_check_takes_base_for_based(question, row):
    read = [row, "Lund | Base: Quillan", "Something else stands here."]
    assert QuestionWords(question, read, for_check=True).share(row) == 1.0
    assert is_to_the_point(question, [row], read, [row])
