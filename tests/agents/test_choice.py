import pytest
from longreader.agents.answer import Status
from longreader.agents.choice import choice_of
from longreader.agents.llm import Expected, ScriptedModel

ASKED = """Who saw the fire first?
A. Greta Holm
B. Per Dahl, the watchman
C. nobody
Answer with the letter of the right option."""


def test_stem_and_options_are_read_from_the_lines():
    choice = choice_of(ASKED)
    assert choice is not None
    assert (choice.stem, list(choice.options), choice.several) == ("Who saw the fire first?", ["A", "B", "C"], False)
    assert choice.options["B"] == "Per Dahl, the watchman"


def test_several_letters_may_be_asked_for():
    several = choice_of(ASKED.replace("letter of the right option", "letters of all right options"))
    assert several is not None
    assert several.several


@pytest.mark.parametrize(
    "question",
    ["Who saw the fire?", "A. Lind built what?", "Which of these?\nA. one", "Which?\nB. one\nC. two", "A. one\nB. two"],
)
def test_other_questions_are_no_choice(question):
    assert choice_of(question) is None


async def test_the_letter_is_answered_with_its_option_and_cited(ask_town):
    trace = await ask_town(ScriptedModel([Expected({"thought": "The watchman saw it.", "letters": ["B"]})]), ASKED)
    assert (trace.answer.text, trace.answer.status) == ("B. Per Dahl, the watchman", Status.ANSWERED)
    assert "Per Dahl saw it first" in trace.answer.citations[0].quote
    assert len(trace.calls) == 1


async def test_evidence_is_searched_for_each_option(ask_town):
    question = "Which is true?\nA. The pilot station is painted white.\nB. Signe Lind founded the lifeboat society."
    trace = await ask_town(ScriptedModel([Expected({"thought": "Both stand there.", "letters": ["A"]})]), question)
    (found,) = [step for step in trace.steps if step.kind == "select"]
    assert len(found.passage_ids) >= 2


async def test_a_letter_that_is_no_option_is_asked_for_again(ask_town):
    trace = await ask_town(
        ScriptedModel([Expected({"thought": "", "letters": ["D"]}), Expected({"thought": "", "letters": ["B"]})]), ASKED
    )
    assert trace.answer.text.startswith("B.")
    assert trace.calls[1].is_repair


async def test_several_letters_come_in_order(ask_town):
    asked = ASKED.replace("letter of the right option", "letters of all right options")
    trace = await ask_town(ScriptedModel([Expected({"thought": "", "letters": ["C", "B", "B"]})]), asked)
    assert trace.answer.text.splitlines()[0] == "B, C"


async def test_mode_retrieve_chooses_from_one_search(ask_town):
    model = ScriptedModel([Expected({"thought": "The watchman saw it.", "letters": ["B"]}, purpose="choose")])
    trace = await ask_town(model, ASKED, mode="retrieve")
    assert trace.answer.text == "B. Per Dahl, the watchman"
    assert len(trace.calls) == 1


async def test_a_stem_with_a_blank_is_a_choice(ask_town):
    question = "The fire destroyed the ____.\nA. mole\nB. sail loft"
    trace = await ask_town(ScriptedModel([Expected({"thought": "", "letters": ["B"]}, purpose="choose")]), question)
    assert trace.answer.text == "B. sail loft"


def chosen(letter: str) -> Expected:
    return Expected({"thought": "", "letters": [letter]}, purpose="choose")


async def test_mode_chain_answers_with_the_letter_from_what_the_chain_found_before_what_search_finds(
    ask_town, add_to_town
):
    told = "A lantern was left burning under the stairs of the mill"
    fires = "\n\n".join(f"## Fire {i}\n\nWho saw fire {i} first? Per Dahl, Greta Holm or nobody." for i in range(20))
    await add_to_town(f"# Fires\n\n{fires}\n\n## The mill\n\n{told}. Nothing else is known of it.", "fires.md")
    for reply, is_read in (({"answer": told}, True), ({"answer": ""}, False)):
        model = ScriptedModel([Expected(reply, purpose="read", times=None), chosen("B")])
        trace = await ask_town(model, ASKED, mode="chain", evidence_tokens=200)
        assert (trace.answer.text, trace.answer.status) == ("B. Per Dahl, the watchman", Status.ANSWERED)
        assert (told in model.requests[-1].messages[-1].content) is is_read


async def test_mode_chain_chooses_from_search_where_no_part_tells(ask_town):
    model = ScriptedModel([Expected({"answer": ""}, purpose="read", times=None), chosen("C")])
    trace = await ask_town(model, ASKED, mode="chain")
    assert trace.answer.text == "C. nobody"


async def test_a_choice_after_a_part_that_stayed_unread_is_partly_answered(ask_town):
    model = ScriptedModel([Expected("no json", purpose="read", times=None), chosen("B")])
    trace = await ask_town(model, ASKED, mode="chain")
    assert (trace.answer.text, trace.answer.status) == ("B. Per Dahl, the watchman", Status.PARTLY_ANSWERED)


async def test_mode_graph_answers_with_the_letter(ask_town):
    node = Expected({"nodes": [{"node": 1, "score": 90}]}, purpose="choose_nodes", times=None)
    read = {"notebook": "", "rationale": "", "action": "stop_and_read_neighbor", "chunks": []}
    stop = {"rationale": "", "action": "termination", "neighbor": 1}
    script = [
        node,
        Expected(read, purpose="explore_facts", times=None),
        Expected(stop, purpose="explore_neighbors", times=None),
        chosen("B"),
    ]
    trace = await ask_town(ScriptedModel(script), ASKED, mode="graph", walk_count=1)
    assert (trace.answer.text, trace.answer.status) == ("B. Per Dahl, the watchman", Status.ANSWERED)


async def test_mode_scan_answers_with_the_letter(ask_town):
    rows = Expected({"rows": [{"name": "Per Dahl", "quote": "Per Dahl saw it first"}]}, purpose="scan", times=None)
    operation = Expected({"operation": "list"}, purpose="aggregate")
    model = ScriptedModel([operation, rows, chosen("B")])
    trace = await ask_town(model, ASKED, mode="scan")
    assert trace.answer.text == "B. Per Dahl, the watchman"


async def test_where_a_scan_finds_no_row_the_look_ups_lead_to_letters_too(ask_town):
    asked = "Where was the man born who built the harbour of Varn?\nA. Halmstad\nB. Bergen"
    found = {"Who": "Oskar Lind", "Where": "Halmstad"}

    def reply(request):
        if request.purpose == "work":
            question = request.messages[-1].content.rpartition("Question: ")[2]
            return {"answer": found[question.split()[0]]}
        replies = {
            "aggregate": {"operation": "list"},
            "scan": {"rows": []},
            "choose": {"thought": "", "letters": ["A"]},
            "plan": {"steps": ["Who built the harbour of Varn?", "Where was [1] born?"]},
        }
        return replies[request.purpose]

    trace = await ask_town(ScriptedModel(reply), asked, mode="scan")
    assert len(trace.plan) > 1
    assert trace.answer.text == "A. Halmstad"


async def test_options_stand_in_no_plan(ask_town):
    asked = "Which was built first, the harbour of Varn or the new loft?\nA. the harbour of Varn\nB. the new loft"
    stop = {"rationale": "", "action": "termination", "neighbor": 1}
    read = {"notebook": "", "rationale": "", "action": "stop_and_read_neighbor", "chunks": []}
    script = [
        Expected({"nodes": [{"node": 1, "score": 90}]}, purpose="choose_nodes", times=None),
        Expected(read, purpose="explore_facts", times=None),
        Expected(stop, purpose="explore_neighbors", times=None),
        chosen("A"),
    ]
    trace = await ask_town(ScriptedModel(script), asked, mode="graph", walk_count=1)
    assert trace.plan == ("When was harbour of Varn built?", "When was new loft built?")
    assert trace.answer.text == "A. the harbour of Varn"
