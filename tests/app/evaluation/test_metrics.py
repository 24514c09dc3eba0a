import pytest
from longreader.app.evaluation.metrics import contains, exact, f1, is_right, letters, normalised, recall, rouge_l, says


def test_case_punctuation_and_articles_do_not_count():
    assert normalised("The Bursar's gut, an inlet.") == ["bursar", "s", "gut", "inlet"]
    assert exact("the Bursar's Gut!", "Bursar's gut") == 1.0
    assert exact("Gut Bursar's", "Bursar's gut") == 0.0


@pytest.mark.parametrize(
    ("answer", "gold", "expected"),
    [
        ("12 October 2001", "12 October 2001", 1.0),
        ("on 12 October", "12 October 2001", 2 * 2 / 6),
        ("in in in", "in", 2 * 1 / 4),
        ("Oslo", "Bergen", 0.0),
        ("the", "a", 1.0),
        ("Oslo", "the", 0.0),
    ],
)
def test_f1(answer, gold, expected):
    assert f1(answer, gold) == pytest.approx(expected)


def test_recall_is_the_share_of_the_right_answer():
    assert recall("built in 1911 by Brandt", "Ottilie Brandt, 1911") == pytest.approx(2 / 3)
    assert recall("anything", "the") == 0.0


def test_says_wants_whole_words_and_contains_does_not():
    assert says("It was 41 people.", "41")
    assert not says("It was 141 people.", "41")
    assert contains("It was 141 people.", "41")
    assert not contains("It was 40.", "41")


@pytest.mark.parametrize(
    ("answer", "gold", "right"),
    [
        ("3.8 m/s", "3.8 m/s", True),
        ("3.1 m/s", "3.8 m/s", False),
        ("12 October", "12 October 2001", True),
        ("October 2001", "12 October 2001", True),
        ("14 October 2001", "12 October 2001", False),
        ("The fee is 1,500 crowns", "500 crowns", False),
        ("3.5 million", "5 million", False),
        ("m/s", "3.8 m/s", False),
        ("2.50 crowns", "2.5 crowns", True),
        ("1,164 old Danish crowns", "1,164 Danish crowns", True),
        ("1,614 Danish crowns", "1,164 Danish crowns", False),
        ("It lies 41 km off, so 41 people came.", "41", True),
        ("Ottilie Brandt, the builder", "Ottilie Brandt", True),
        ("the builder Brandt", "Ottilie Brandt", False),
    ],
)
def test_right_is_what_holds_the_answer_or_most_of_it_and_no_other_figure(answer: str, gold: str, right: bool):
    assert is_right(answer, gold) is right


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("B", "B"),
        ("B.", "B"),
        ("(B) the second", "B"),
        ("B: the second", "B"),
        ("B - the second", "B"),
        ("A, C", "AC"),
        ("A and C", "AC"),
        ("A, B, and D.", "ABD"),
        ("ABD", "ABD"),
        ("Answer: B", "B"),
        ("The answer is C.", "C"),
        ("the correct options are A and C", "AC"),
        ("I would choose option D because of the storm", "D"),
        ("A story about a ferry", ""),
        ("Because of the storm", ""),
        ("Bergen", ""),
        ("a", ""),
        ("", ""),
    ],
)
def test_letters(answer, expected):
    assert letters(answer) == frozenset(expected)


def test_rouge_l_follows_the_order():
    # The longest common subsequence of "ferry runs on sundays" and "on sundays ferry runs" has two words.
    assert rouge_l("The ferry runs on Sundays.", "On Sundays the ferry runs.") == pytest.approx(2 * 2 / 8)
    assert rouge_l("the ferry runs", "the ferry runs") == 1.0
    assert rouge_l("", "ferry") == 0.0
    assert rouge_l("boat", "ferry") == 0.0
