from longreader.app.evaluation.needle import PLANTED_COUNT, needles
from longreader.app.evaluation.question import Question
from longreader.graph_store.collection import Collection

from .conftest import GOLD

LAMP = Question(question="Who lit the lamp of the north mole?", answers=("Signe Holm",), spans=(GOLD,))


async def test_a_question_with_a_gold_span_is_a_needle(collection: Collection):
    (needle,) = await needles(collection, [LAMP])
    assert (needle.question, needle.answers, needle.planted) == (LAMP.question, ("Signe Holm",), False)
    assert GOLD in needle.passage
    assert needle.others
    assert not any("Signe Holm" in text for text in needle.others)


async def test_what_one_passage_does_not_answer_is_none(collection: Collection):
    several = LAMP.model_copy(update={"spans": (GOLD, "In year 1800")})
    elsewhere = LAMP.model_copy(update={"answers": ("a fisherman",)})
    unknown = LAMP.model_copy(update={"spans": ("Signe Holm was never there.",)})
    refused = LAMP.model_copy(update={"answers": ()})
    found = await needles(collection, [several, elsewhere, unknown, refused])
    assert len(found) == PLANTED_COUNT
    assert all(needle.planted for needle in found)


async def test_facts_are_planted_where_no_question_serves(collection: Collection):
    found = await needles(collection, [])
    assert len({needle.question for needle in found}) == PLANTED_COUNT
    for needle in found:
        (number,) = needle.answers
        assert needle.passage.endswith(f" is {number}.")
        assert not any(number in text for text in needle.others)
    assert found == await needles(collection, []), "the same each time"
