import pytest
from longreader.agents.answer import Status
from longreader.agents.llm import Expected, ScriptedModel

CHRONICLE = """# The strike

19 April.

The tour reached Orrin. Weavers threatened to stop the looms at the mill.

20 May.

Rain fell. Two weeks later the weavers chose a speaker called Britt Lund.

6 June.

The weavers marched with drums on 6 June. Some of them stormed the mayor's office late in the day.
"""
FOUNDED = (
    "How many years passed between the harbour was built by Oskar Lind and Signe Lind founded the lifeboat society?"
)


async def test_times_that_code_finds_are_subtracted_without_the_model(ask_town):
    trace = await ask_town(ScriptedModel([]), FOUNDED)
    assert trace.answer.text == "28 years (1874 to 1902)"
    assert trace.answer.status is Status.ANSWERED
    assert "built by Oskar Lind" in trace.answer.citations[0].quote
    assert "founded the lifeboat society" in trace.answer.citations[1].quote


async def test_a_date_that_stands_alone_goes_for_what_follows(ask_town, add_to_town):
    added = await add_to_town(CHRONICLE, "strike.md")
    question = "How long did it take from threatening to stop the looms to storming the mayor's office?"
    trace = await ask_town(ScriptedModel([]), question)
    assert trace.answer.text == "48 days (19 April to 6 June)"
    quotes = [citation.quote for citation in trace.answer.citations]
    assert any("threatened to stop the looms" in quote for quote in quotes)
    assert any("19 April" in quote for quote in quotes)
    assert added in trace.quoted_document_ids


async def test_the_date_that_opens_a_sentence_goes_for_all_of_it(ask_town, add_to_town):
    await add_to_town("# Visit\n\nOn 1 March 1888, a visit of the king to Orrin on 29 March was announced.", "visit.md")
    question = "How long was it from the visit of the king was announced to the fire destroyed the sail loft?"
    trace = await ask_town(ScriptedModel([]), question)
    assert trace.answer.text == "2 days (1 March 1888 to 3 March 1888)"


async def test_events_are_ordered_by_their_dates(ask_town, add_to_town):
    await add_to_town(CHRONICLE, "strike.md")
    question = "Reorder the timeline: 1. Weavers stormed the mayor's office. 2. Weavers threatened to stop the looms."
    trace = await ask_town(ScriptedModel([]), question)
    assert trace.answer.text == "2, 1"
    assert trace.answer.citations


async def test_a_time_that_code_does_not_find_is_looked_up(ask_town):
    question = "How many years passed between the building of the harbour and the founding of the lifeboat society?"
    trace = await ask_town(ScriptedModel([Expected({"answer": "1874"})]), question)
    assert trace.answer.text == "28 years (1874 to 1902)"
    assert trace.answer.usage.call_count == 1


async def test_one_sentence_does_not_date_two_events(ask_town):
    question = "How long was it from the fire destroyed the sail loft to the fire destroyed the loft?"
    said = [Expected({"answer": "3 March 1888"}, times=2), Expected({"thought": "", "answer": "not in the document"})]
    trace = await ask_town(ScriptedModel([*said, Expected({"answer": "not in the document"})]), question)
    assert trace.answer.status is Status.NOT_IN_DOCUMENT
    assert not any("by code" in step.summary for step in trace.steps)


async def test_one_figure_is_not_that_of_two_things(ask_town):
    question = "How many more boats did Varn hold than Orrin?"
    said = [Expected({"answer": "forty boats"}, times=2), Expected({"thought": "", "answer": "not in the document"})]
    trace = await ask_town(ScriptedModel([*said, Expected({"answer": "not in the document"})]), question)
    assert trace.answer.status is Status.NOT_IN_DOCUMENT


async def test_figures_are_looked_up_and_subtracted(ask_town):
    question = "How many more crowns did the steamer pay in 1920 than in 1910?"
    trace = await ask_town(
        ScriptedModel([Expected({"answer": "55 crowns"}), Expected({"answer": "30 crowns"})]), question
    )
    assert trace.answer.text == "25 crowns (55 crowns in 1920 and 30 crowns in 1910)"
    assert trace.plan == (
        "How many crowns did the steamer pay in 1920?",
        "How many crowns did the steamer pay in 1910?",
    )


WARRANTY = """# The contract

## Delivery

The pumps were delivered on 5 June 2019 at the quay.

## Warranty

The clause on the warranty of the pumps was added in Varn. It was in force for nine weeks from the signing to the end.

## Quakes

The 1906 earthquake broke the mole. Houses fell in the 1989 earthquake. Between 1861 and 1865 no mole was repaired.
The sluice was rebuilt after the flood of 3 May 1874 on 4 July 1880.
"""


async def test_a_time_that_the_text_tells_is_looked_up_as_it_is(ask_town, add_to_town):
    await add_to_town(WARRANTY, "contract.md")
    question = "How long did it take from the signing to the end?"
    trace = await ask_town(ScriptedModel([Expected({"answer": "nine weeks"})]), question)
    assert (trace.answer.text, trace.plan) == ("nine weeks", (question,))


@pytest.mark.parametrize(
    "event",
    [
        # Its own year.
        "the 1906 earthquake",
        # Two dates in its sentence.
        "the sluice was rebuilt",
        # The date of another section.
        "the clause on the warranty was added",
        # Another time than its entry's.
        "the weavers chose a speaker called Britt Lund",
    ],
)
async def test_an_event_that_code_cannot_date_is_looked_up(ask_town, add_to_town, event):
    await add_to_town(WARRANTY, "contract.md")
    await add_to_town(CHRONICLE, "strike.md")
    question = f"How many years passed between {event} and the fire destroyed the sail loft?"
    said = [Expected({"answer": ""}, purpose="work", times=None), Expected({"answer": "not in the document"})]
    trace = await ask_town(ScriptedModel(said), question)
    dated = [step.query for step in trace.steps if "by code" in step.summary]
    assert dated == ["When was this: the fire destroyed the sail loft?"]


async def test_a_date_on_a_cover_dates_nothing(ask_town, add_to_town):
    cover = "3 March 2020\n\nWeavers began a strike at the looms. The mayor of Orrin closed the market hall."
    await add_to_town(cover, "news.txt")
    question = "How long was it from the weavers began a strike to the mayor closed the market hall?"
    said = [Expected({"answer": ""}, purpose="work", times=None), Expected({"answer": "not in the document"})]
    trace = await ask_town(ScriptedModel(said), question)
    assert trace.answer.status is not Status.ANSWERED


async def test_dates_without_a_year_in_two_documents_tell_no_time(ask_town, add_to_town):
    await add_to_town("# Choir\n\nOn 3 March the choir elected Britt Moen its speaker.", "choir.md")
    await add_to_town("# Chess\n\nOn 24 March the chess club moved to the cellar.", "chess.md")
    question = "How many days passed between the choir elected Britt Moen and the chess club moved to the cellar?"
    said = [Expected({"thought": "", "answer": "not in the document"}), Expected({"answer": "not in the document"})]
    trace = await ask_town(ScriptedModel(said), question)
    assert trace.answer.status is Status.NOT_IN_DOCUMENT


LADY = "The Lady is a weekly magazine of Varn. It has appeared without a break since 1885."
POST = "Woman's Post is a monthly of Halmstad. It was first published in 1931 by Greta Holm."


async def test_the_one_year_that_is_told_of_a_thing_is_when_it_appeared(ask_town, add_to_town):
    await add_to_town(LADY, "lady.txt")
    await add_to_town(POST, "post.txt")

    def found(request):
        return {"answer": "1931" if "Woman's Post is" in request.messages[-1].content else ""}

    trace = await ask_town(ScriptedModel(found), "Which was published first, Woman's Post or The Lady?")
    assert (trace.answer.status, trace.answer.text) == (Status.ANSWERED, "The Lady")
    assert "since 1885" in " ".join(citation.quote for citation in trace.answer.citations)


async def test_of_two_years_code_does_not_choose_one(ask_town, add_to_town):
    await add_to_town(LADY.replace("1885", "1885, and in colour since 1960"), "lady.txt")
    await add_to_town(POST, "post.txt")

    def nothing(request):
        return {"answer": ""} if request.purpose == "work" else {"thought": "", "answer": "not in the document"}

    trace = await ask_town(ScriptedModel(nothing), "Which was published first, Woman's Post or The Lady?")
    by_code = [step.summary for step in trace.steps if step.kind == "work" and "by code" in step.summary]
    assert by_code == ["by code: 1931"]


LIVES = {
    "lund.txt": "Ada Lund (3 May 1874 – 9 June 1931) was a painter of Varn. She sold her first picture in 1899.",
    "dahl.txt": "Olaf Dahl\n\nOlaf Peter Dahl (born 12 March 1870 in Halmstad) is a painter. He moved in 1901.",
    "holm.txt": "Signe Holm\n\nSigne Holm was a sister of Greta Holm (1840 – 1902), and her heir.",
    "luther.txt": "Martin Luther King Jr. (15 January 1929 – 4 April 1968) was a minister.",
    "carr.txt": "Bob Carr (chief executive 2010 – 2015) left the board.",
    "eide.txt": "Eva Eide, wife of Bob Carr (1850 – 1910), was a painter.",
    "berg.txt": "Per Berg (1860-1921) is named in the letters. Signe Berg (c. 1890) is not.",
}


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Who died earlier, Ada Lund or Per Berg?", "Per Berg"),
        ("Who was born earlier, Ada Lund or Olaf Dahl?", "Olaf Dahl"),
    ],
)
async def test_what_stands_behind_a_name_is_when_somebody_lived(ask_town, add_to_town, question: str, answer: str):
    for name, text in LIVES.items():
        await add_to_town(text, name)
    trace = await ask_town(ScriptedModel([]), question)
    assert (trace.answer.status, trace.answer.text) == (Status.ANSWERED, answer)
    assert trace.answer.usage.call_count == 0


@pytest.mark.parametrize("name", ["Signe Holm", "Martin Luther", "Bob Carr", "Eva Eide"])
async def test_the_brackets_of_another_are_not_taken(ask_town, add_to_town, name: str):
    for name, text in LIVES.items():
        await add_to_town(text, name)
    nothing = ScriptedModel(
        lambda request: {"answer": ""} if request.purpose == "work" else {"thought": "", "answer": "not told"}
    )
    trace = await ask_town(nothing, f"Who died earlier, {name} or Per Berg?")
    by_code = [step.summary for step in trace.steps if step.kind == "work" and "by code" in step.summary]
    assert by_code == ["by code: 1921"]


async def test_a_birth_is_no_death(ask_town, add_to_town):
    for name, text in LIVES.items():
        await add_to_town(text, name)
    nothing = ScriptedModel(
        lambda request: {"answer": "none"} if request.purpose == "work" else {"thought": "", "answer": "not told"}
    )
    trace = await ask_town(nothing, "Who died earlier, Ada Lund or Olaf Dahl?")
    by_code = [step.summary for step in trace.steps if step.kind == "work" and "by code" in step.summary]
    assert by_code == ["by code: 9 June 1931"]


@pytest.mark.parametrize(
    "told",
    [
        "The Lady Vanishes is a film of 1938.",
        "The Lady was bought by Greta Holm in 1938.",
        "The Lady is a weekly. Its editor has been Per Dahl since 1938.",
        "The Lady is a weekly. It has 1938 readers.",
    ],
)
async def test_a_year_of_something_else_is_not_when_it_appeared(ask_town, add_to_town, told: str):
    await add_to_town(told, "lady.txt")
    await add_to_town(POST, "post.txt")

    def nothing(request):
        return {"answer": ""} if request.purpose == "work" else {"thought": "", "answer": "not in the document"}

    trace = await ask_town(ScriptedModel(nothing), "Which was published first, Woman's Post or The Lady?")
    assert not any("by code: 1938" in step.summary for step in trace.steps)
