from longreader.graph_store.topic import topics


def test_a_pronoun_speaks_of_the_first_name_until_another_opens_a_sentence() -> None:
    sentences = [
        "Elena Voss came from Marl Point.",
        "She met Dirk Nash there.",
        "He left.",
        "Dirk Nash sailed.",
        "Later, he drowned.",
        "The lamp went out.",
    ]
    names = [["Elena Voss", "Marl Point"], ["Dirk Nash"], [], ["Dirk Nash"], [], []]
    assert list(topics(sentences, names)) == [None, "Elena Voss", "Elena Voss", None, "Dirk Nash", None]


def test_a_place_behind_a_preposition_is_no_topic() -> None:
    sentences = ["In Marl Point, Elena Voss kept a lamp.", "Her lamp burned."]
    assert list(topics(sentences, [["Marl Point", "Elena Voss"], []]))[1] == "Elena Voss"
