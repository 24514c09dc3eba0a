from longreader.graph_store.terms import Terms


def test_capitalised_runs_come_first_and_an_article_that_opens_is_dropped() -> None:
    sentence = "Der Leuchtturm von Elena Voss wurde errichtet"
    assert Terms([sentence]).of(sentence)[:2] == ["Leuchtturm", "Elena Voss"]


def test_frequent_words_are_no_terms() -> None:
    sentences = [f"lampe numéro{i} brûle" for i in range(30)]
    assert Terms(sentences).of(sentences[3]) == ["numéro3"]


def test_ideographs_are_cut_where_they_recur() -> None:
    sentences = ["港務局長官室在東京", "港務局"]
    assert Terms(sentences).of(sentences[0]) == ["港務局", "東京"]
