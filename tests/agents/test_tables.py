"""Questions answered from tables, without a model: a model that is asked fails the test."""

from collections.abc import Awaitable, Callable

import pytest
from longreader.agents.answer import Status
from longreader.agents.llm import ModelRequest, ScriptedModel

YARD = """# Report of the yard for 1931

## Crews

Each boat has a crew of its own.

Table 1. Staff on 31 December 1931

| Name | Post | Base | Since |
|---|---|---|---|
| Oskar Lind | master | Varn | 1912 |
| Greta Holm | engineer | Holm Island | 1931 |
| Per Dahl | cook | Varn | 1920 |
| J. Berg | pilot | Varn | 1931 |

The cook sleeps on board.

## Boats

Table 2. Fuel of the boats

| No. | Boat | Fuel 1930 (tons) | Fuel 1931 (tons) |
|---|---|---|---|
| B1 | Alma | 14 | 12 |
| B2 | Berta | 9 | 11 |
| B3 | Clara | 20 | 31 |
| Together |  | 43 | 54 |

Table 3. Register of contracts

| With | Crowns | Signed |
|---|---|---|
| Krog | 9,000 | 3 Feb 1930 |
| Vik and sons | 4,100 | 11 Jan 1931 |
| Berg | 7,250 | 9 Apr 1931 |

Table 4. Churches and towns of the county

| Church | Town | Dues |
|---|---|---|
| All Saints | York | 30 |
| St Olaf | New York | 20 |
| Holy Cross | Vik | 50 |
| All | | 100 |

Table 5. Tickets of the ferries

| Tickets | Sold |
|---|---|
| Adult | 120 |
| Child | 80 |

Table 6. Bridges of the county

| Bridge | Length |
|---|---|
| Mill Bridge | 1.2 km |
| Long Bridge | 900 m |
| Low Bridge | 300 m |

Table 7. Register of ships

| Ship | Owner |
|---|---|
| Dora | Krog |
| Elsa | Vik |
| Frida | Krog |

Table 7 (continued). Register of ships

| Ship | Owner |
|---|---|
| Gerda | Berg |
| Hilda | Krog |
"""

Add = Callable[[str, str], Awaitable[str]]


def unasked(request: ModelRequest) -> dict:
    raise AssertionError(f"the model was asked: {request.messages[-1].content}")


@pytest.fixture
def answer(ask_town, add_to_town: Add):
    async def answerer(question: str, model: ScriptedModel | None = None):
        await add_to_town(YARD, "yard.md")
        trace = await ask_town(model or ScriptedModel(unasked), question)
        return trace.answer

    return answerer


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("How many of the staff were based at Varn on 31 December 1931?", "3: Oskar Lind, Per Dahl and J. Berg"),
        ("How many contracts in the register were signed in 1931?", "2: Vik and sons and Berg"),
        ("How many contracts in the register were above five thousand crowns?", "2: Krog and Berg"),
        ("How many boats took more fuel in 1931 than in 1930?", "2: Berta and Clara"),
        ("Which boats took less fuel in 1931 than in 1930?", "Alma"),
        ("How many boats had fuel in 1931?", "3: Alma, Berta and Clara"),
        ("Which contracts in the register were not more than five thousand crowns?", "Vik and sons"),
        ("How many churches of the county are there?", "3: All Saints, St Olaf and Holy Cross"),
        ("Which towns are in the county?", "York, New York and Vik"),
        ("List the boats with fuel in alphabetical order.", "Alma, Berta and Clara"),
    ],
)
async def test_code_answers_from_the_table(answer, question: str, text: str):
    found = await answer(question)
    assert (found.status, found.text) == (Status.ANSWERED, text)


async def test_every_row_is_cited(answer):
    found = await answer("How many contracts in the register were signed in 1931?")
    assert [citation.quote for citation in found.citations] == [
        "Vik and sons | 4,100 | 11 Jan 1931",
        "Berg | 7,250 | 9 Apr 1931",
    ]


async def test_lengths_in_two_measures_are_not_compared(answer):
    found = await answer("Which bridges of the county have the most length?")
    assert found.status == Status.PARTLY_ANSWERED
    assert found.text.endswith("Not compared: the figures are in km and m.")


@pytest.mark.parametrize(
    "question",
    [
        "How many of the staff based at Varn are women?",
        "How many of the staff were based at Halmstad?",
        "How many contracts were signed in 1945?",
        "Which boat took the most fuel?",
        "What post has Oskar Lind?",
        "How many tons of fuel did Alma take in 1931?",
        "How many boats rusted in 1931?",
        "How many contracts in the register were not signed in 1931?",
        "How many contracts in the register were above 5,000 but below 8,000 crowns?",
        "How many tickets of the ferries were sold?",
        "How many ships are in the register of ships?",
    ],
)
async def test_a_table_that_is_not_plainly_meant_says_nothing(answer, question: str):
    asked = []

    def script(request: ModelRequest) -> dict:
        asked.append(request)
        raise RuntimeError("the model is asked")

    with pytest.raises(Exception, match="the model is asked"):
        await answer(question, ScriptedModel(script))
    assert asked


async def test_a_table_with_rows_of_other_lengths_is_none(ask_town, add_to_town: Add):
    await add_to_town("Fuel of the boats\n\nBoat | Tons\nAlma | 14\nBerta | 9 | 11\nClara | 20\n", "ragged.txt")
    with pytest.raises(AssertionError, match="the model was asked"):
        await ask_town(ScriptedModel(unasked), "How many boats took fuel?")
