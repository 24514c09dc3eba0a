from longreader.agents.support import bearing, content_words, grounding
from longreader.graph_store.chunk import Passage
from longreader.graph_store.document import Span

FIRE = "The loft burned in 1888. Per Dahl saw the fire first. The fire was put out by noon."
DUES = "Dues rose twice. A steamer paid 55 crowns in 1920."


def read(*texts: str) -> list[tuple[Passage, str]]:
    return [(Passage(f"c-{i}", "c", "d", i, Span(100 * i, 100 * i + len(text))), text) for i, text in enumerate(texts)]


def quotes(answer: str, question: str, *texts: str) -> list[str]:
    return [sentence.text for sentence in bearing(read(*texts), answer, question)]


def test_the_sentence_that_carries_the_answer_comes_first():
    assert quotes("Per Dahl", "Who saw the fire?", FIRE, DUES) == ["Per Dahl saw the fire first."]


def test_the_span_is_the_place_in_the_document():
    [sentence] = bearing(read(FIRE, DUES), "55 crowns", "What did a steamer pay?")
    assert sentence.span == Span(100 + DUES.index("A steamer"), 100 + len(DUES))


def test_the_question_decides_between_sentences_with_the_same_words():
    assert quotes("fire", "When was it put out by noon?", FIRE)[0] == "The fire was put out by noon."


def test_an_answer_of_which_no_word_was_read_is_borne_out_by_nothing():
    assert quotes("Paris", "Where?", FIRE) == []


def test_yes_is_borne_out_by_what_is_nearest_to_the_question():
    assert quotes("Yes", "Was the fire put out by noon?", FIRE, DUES) == ["The fire was put out by noon."]


def test_an_answer_of_two_parts_is_borne_out_by_two_sentences():
    answer = "Per Dahl saw it first, and a steamer paid 55 crowns"
    assert set(quotes(answer, "What?", FIRE, DUES)) == {
        "Per Dahl saw the fire first.",
        "A steamer paid 55 crowns in 1920.",
    }


def test_number_words_and_digits_are_the_same():
    assert content_words("forty-one people, 1,200 boats, twenty and five") >= {
        "41",
        "1200",
        "people",
        "boats",
        "20",
        "5",
    }
    assert quotes("41", "How many signed?", "Forty-one people signed.", DUES) == ["Forty-one people signed."]


def test_grounding_is_the_share_of_words_that_were_read():
    assert grounding("Dahl at noon in Lund", [FIRE]) == 2 / 3
    assert grounding("Per Dahl", []) == 0.0
    assert grounding("the", [FIRE]) == 0.0
