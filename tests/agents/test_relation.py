import pytest
from longreader.agents.relation import kin_steps, last_steps, owner_steps, stated_steps


@pytest.mark.parametrize(
    ("question", "steps"),
    [
        (
            "When did Frances Vane, Marchioness Of Londonderry's father die?",
            ("Who is Frances Vane, Marchioness Of Londonderry's father?", "When did [1] die?"),
        ),
        ("Which country Ada Lund's wife is from?", ("Who is Ada Lund's wife?", "Which country [1] is from?")),
        ("Who is Ada's father?", ()),
        ("Who is Ada's father-in-law?", ()),
        ("Where did Ada's wife's father die?", ()),
        ("Which Norwegian city was Ada Lund's son born in?", ()),
        ("On what date did the Seller's director sign?", ("Who is Seller's director?", "On what date did [1] sign?")),
        ("Where is the harbour?", ()),
    ],
)
def test_what_is_asked_of_a_relation_of_a_name_is_planned_by_its_form(question: str, steps: tuple[str, ...]):
    assert owner_steps(question) == steps


@pytest.mark.parametrize(
    ("question", "steps"),
    [
        ("Who is Ada Lund's paternal grandfather?", ("Who is the father of Ada Lund?", "Who is the father of [1]?")),
        ("Who was the mother-in-law of Ada?", ("Who is the spouse of Ada?", "Who is the mother of [1]?")),
        ("Who is the maternal grandmother of Ada II?", ("Who is the mother of Ada II?", "Who is the mother of [1]?")),
        ("Who is Ada's grandfather?", ()),
        ("Who is Ada's father?", ()),
        ("Who is the mother of Ada's father-in-law?", ()),
    ],
)
def test_a_relation_by_way_of_another_is_two_look_ups(question: str, steps: tuple[str, ...]):
    assert kin_steps(question) == steps


@pytest.mark.parametrize(
    ("question", "steps"),
    [
        (
            "Where was the place of death of the director of film The Ferry (1930 Film)?",
            ("Who is the director of film The Ferry (1930 Film)?", "Where was the place of death of [1]?"),
        ),
        (
            "How many members were in the boy group whose first sub-unit is Bastarz?",
            ("What is the boy group whose first sub-unit is Bastarz?", "How many members were in [1]?"),
        ),
        ("Who is the director of The Ferry?", ()),
        ("What is the current in the channel where the turbine that lost a blade stands?", ()),
        ("How do guests rate the cleanliness of Hotel Lund?", ()),
        ("When did the director of The Ferry die?", ()),
        ("How much rent is due in the month where the lease ends?", ()),
        ("Where is the harbour?", ()),
    ],
)
def test_a_description_at_the_end_is_planned_by_its_form(question: str, steps: tuple[str, ...]):
    assert last_steps(question) == steps


@pytest.mark.parametrize(
    ("question", "steps"),
    [
        (
            "Grey Harbour starred the actor and singer who had what nickname?",
            ("Grey Harbour starred which actor and singer?", "[1] had what nickname?"),
        ),
        (
            "The Blue Room stood in this hotel near the Hirn that has how many rooms?",
            ("The Blue Room stood in which hotel near the Hirn?", "[1] has how many rooms?"),
        ),
        (
            "Ada Lund sails for a club that is based in which town of Spain?",
            ("Ada Lund sails for which club?", "[1] is based in which town of Spain?"),
        ),
        ("Which actor starred in the film that won what prize?", ()),
        ("The film that won the prize was made by what company?", ()),
        ("Ada Lund sails for which club?", ()),
        ("Does Lund own the company that built the ship which sank in how many minutes?", ()),
        ("According to the annual report, the subsidiary that holds the licence paid what dividend?", ()),
        ("At the meeting the chair said that the fee would rise to what amount?", ()),
        ("Give the birthplace of the author who wrote the novel which inspired what film.", ()),
        ("Read the part of the contract that tells the term. On what date does it end?", ()),
        ("Who is the man who knows what happened?", ()),
    ],
)
def test_a_statement_that_ends_in_what_is_asked_is_planned_by_its_form(question: str, steps: tuple[str, ...]):
    assert stated_steps(question) == steps
