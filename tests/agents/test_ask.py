import random

import pytest
from longreader.agents.answer import Status
from longreader.agents.errors import ModelUnavailable, NothingToRead, QuestionTooLong
from longreader.agents.llm import Expected, ScriptedModel
from longreader.graph_store.collection import Collection
from longreader.graph_store.errors import EmptyInput
from longreader.graph_store.store import Store


def telling(answer: str):
    """A reply with this answer, as a worker's or as the manager's."""

    def script(request) -> dict:
        return {"answer": answer} if request.purpose == "work" else {"thought": "It says so.", "answer": answer}

    return script


def by_purpose(**scripts):
    return lambda request: (
        scripts[request.purpose](request) if callable(scripts[request.purpose]) else scripts[request.purpose]
    )


async def test_retrieve_answers_with_the_very_words_and_their_place(ask_town, collection: Collection):
    model = ScriptedModel(by_purpose(answer=telling("Greta Holm")))
    trace = await ask_town(model, "Who kept the harbour's books?", mode="retrieve")
    answer = trace.answer
    assert (answer.status, answer.text, answer.confidence) == (Status.ANSWERED, "Greta Holm", 1.0)
    [citation] = answer.citations
    text = collection.document(citation.document_id).text
    assert text[citation.start : citation.end] == citation.quote
    assert citation.quote == "He married Greta Holm, who kept the harbour's books for thirty years."
    assert (citation.page, citation.title) == (1, "The town of Varn")
    assert answer.usage.call_count == 1


async def test_auto_asks_the_second_look_up_about_the_first_finding(ask_town):
    def work(request):
        if "Who built" in request.messages[-1].content.rpartition("Question: ")[2]:
            return telling("Oskar Lind")(request)
        return telling("Halmstad")(request)

    plan = {"steps": ["Who built the harbour of Varn?", "Where was [1] born?"]}
    model = ScriptedModel(by_purpose(plan=plan, work=work, join=telling("Halmstad")))
    trace = await ask_town(model, "Where was he born who built the harbour of Varn?")
    assert trace.plan == ("Who built the harbour of Varn?", "Where was [1] born?")
    asked = [step.query for step in trace.steps if step.kind == "work"]
    assert asked == ["Who built the harbour of Varn?", "Where was Oskar Lind born?"]
    assert trace.answer.status == Status.ANSWERED
    assert "born in Halmstad" in trace.answer.citations[0].quote


async def test_a_look_up_reads_its_best_passage_last(ask_town, collection: Collection):
    plan = {"steps": ["Who built the harbour?", "Where was [1] born?"]}
    model = ScriptedModel(by_purpose(plan=plan, work=telling("Oskar Lind"), answer=telling("Halmstad")))
    trace = await ask_town(model, "Where was he born who built the harbour?", widen_count=0)
    chosen = next(step.passage_ids for step in trace.steps if step.kind == "select")
    shown = next(request.messages[-1].content for request in model.requests if request.purpose == "work")
    first_lines = [collection.text_of(collection.passage(passage_id)).splitlines()[0] for passage_id in chosen]
    places = [shown.index(line) for line in first_lines]
    assert len(places) > 1
    assert places == sorted(places, reverse=True)


async def test_where_a_name_has_an_entry_only_passages_with_the_name_are_read(
    ask_town, add_to_town, collection: Collection
):
    plan = {"steps": ["Who was Signe Lind's father?", "Where was [1] born?"]}
    model = ScriptedModel(by_purpose(plan=plan, work=telling("Oskar Lind"), answer=telling("Halmstad")))

    async def chosen() -> list[str]:
        trace = await ask_town(model, "Where was he born who was the father of Signe Lind?")
        ids = next(step.passage_ids for step in trace.steps if step.kind == "select")
        return [collection.text_of(collection.passage(passage_id)) for passage_id in ids]

    assert not all("Signe Lind" in text for text in await chosen())
    await add_to_town("Signe Lind\n\nSigne Lind was a daughter of Oskar Lind. She never went to sea.", "lind.txt")
    texts = await chosen()
    assert len(texts) == 2
    assert all("Signe Lind" in text for text in texts)


async def test_a_choice_between_two_names_is_looked_up_at_once(ask_town):
    model = ScriptedModel(by_purpose(answer=telling("Oskar Lind")))
    trace = await ask_town(model, "Who came from Halmstad, Oskar Lind or Per Dahl?")
    assert (trace.answer.status, trace.answer.text) == (Status.ANSWERED, "Oskar Lind")
    assert trace.answer.usage.call_count == 1


async def test_findings_are_joined_with_the_sentences_that_bear_them_out(ask_town):
    plan = {"steps": ["Who built the harbour of Varn?", "Where was Oskar Lind born?"]}
    found = {"Who built": "Oskar Lind", "Where was Oskar Lind": "Halmstad"}

    def work(request):
        asked = request.messages[-1].content.rpartition("Question: ")[2]
        return {"answer": next(answer for words, answer in found.items() if asked.startswith(words))}

    model = ScriptedModel(by_purpose(plan=plan, work=work, join=telling("Halmstad")))
    trace = await ask_town(model, "Where was he born who built the harbour of Varn?")
    joined = model.requests[-1].messages[-1].content
    assert "- Where was Oskar Lind born? Halmstad (“Oskar Lind was born in Halmstad in 1831.”)" in joined
    assert [citation.quote for citation in trace.answer.citations] == [
        "Oskar Lind was born in Halmstad in 1831.",
        "The harbour of Varn was built by Oskar Lind in 1874.",
    ]


async def test_where_each_look_up_leads_to_the_next_the_last_finding_is_the_answer(ask_town):
    def work(request):
        asked = request.messages[-1].content.rpartition("Question: ")[2]
        return telling("Oskar Lind" if asked.startswith("Who is the man") else "Halmstad")(request)

    model = ScriptedModel(by_purpose(work=work))
    trace = await ask_town(model, "What was the birthplace of the man who built the harbour of Varn?")
    assert trace.plan == ("Who is the man who built the harbour of Varn?", "What was the birthplace of [1]?")
    assert (trace.answer.status, trace.answer.text) == (Status.ANSWERED, "Halmstad")
    quotes = " ".join(citation.quote for citation in trace.answer.citations)
    assert "born in Halmstad" in quotes
    assert "built by Oskar Lind" in quotes
    assert [call.purpose for call in trace.calls] == ["work", "work"]


async def test_a_last_finding_that_rests_on_something_else_is_none(ask_town):
    def work(request):
        asked = request.messages[-1].content.rpartition("Question: ")[2]
        return telling("Oskar Lind" if asked.startswith("Who is the man") else "forty boats")(request)

    model = ScriptedModel(by_purpose(work=work, answer=telling("Halmstad")))
    trace = await ask_town(model, "What was the birthplace of the man who built the harbour of Varn?")
    assert (trace.answer.status, trace.answer.text) == (Status.PARTLY_ANSWERED, "Halmstad")
    assert any(step.kind == "fallback" and "“forty boats”" in step.summary for step in trace.steps)


async def test_a_finding_that_leads_on_must_have_to_do_with_its_look_up(ask_town):
    model = ScriptedModel(by_purpose(work=telling("55 crowns"), answer=telling("Halmstad")))
    trace = await ask_town(model, "Where was the man born who built the harbour of Varn?")
    assert {step.query for step in trace.steps if step.kind == "work"} == {
        "Who is the man who built the harbour of Varn?"
    }
    assert (trace.answer.status, trace.answer.text) == (Status.PARTLY_ANSWERED, "Halmstad")


async def test_where_the_facts_to_join_are_not_found_the_answer_must_speak_of_what_is_asked(ask_town):
    model = ScriptedModel(by_purpose(work=telling("55 crowns"), answer=telling("brick")))
    trace = await ask_town(model, "Where was the man born who built the harbour of Varn?")
    assert trace.answer.status is Status.NOT_IN_DOCUMENT
    assert any("“brick” rests on nothing" in step.summary for step in trace.steps)


async def test_yes_is_a_finding(ask_town):
    model = ScriptedModel(by_purpose(read=lambda _: {"answer": "Yes"}, answer=telling("Yes")))
    trace = await ask_town(model, "Was the new loft built of brick?", mode="chain")
    assert (trace.answer.status, trace.answer.text) == (Status.ANSWERED, "Yes")
    assert "built of brick" in " ".join(citation.quote for citation in trace.answer.citations)


async def test_two_things_are_compared_by_code(ask_town):
    def work(request):
        asked = request.messages[-1].content.rpartition("Question: ")[2]
        return {"answer": "1902" if "lifeboat" in asked else "1874"}

    model = ScriptedModel(by_purpose(work=work))
    trace = await ask_town(model, "Which came first, the lifeboat society or the harbour?")
    assert (trace.answer.text, trace.answer.status) == ("harbour", Status.ANSWERED)
    assert [call.purpose for call in trace.calls] == ["work", "work"]
    assert len(trace.answer.citations) == 2


async def test_a_trace_that_names_nodes_of_a_document_goes_with_it(ask_town, collection: Collection, add_to_town):
    added = await add_to_town("Bodil Kvist wrote songs in Orrin.", "orrin.txt")
    model = ScriptedModel(by_purpose(answer=telling("Oskar Lind")))
    trace = await ask_town(model, "Was the harbour of Varn built by Oskar Lind, Bodil Kvist?", passage_count=1)
    assert all("Orrin" not in request.messages[-1].content for request in model.requests)
    assert "Bodil Kvist" in {node for step in trace.steps for node in step.nodes}
    assert added in trace.quoted_document_ids


async def test_the_best_evidence_stands_last(ask_town):
    plan = {"steps": ["Who saw the fire?", "What was [1]?"]}
    refusal = {"thought": "None tells.", "answer": "not in the document"}
    model = ScriptedModel(by_purpose(plan=plan, work=telling("Per Dahl"), join=refusal, answer=telling("?")))
    await ask_town(model, "What was the man who saw the fire?")
    last = model.requests[-1].messages[-1].content.split("\n\nAnswer the question")[0]
    assert "Per Dahl" in last.rpartition("\n[")[2]


async def test_auto_reads_further_passages_when_nothing_was_found(ask_town):
    plan = {"steps": ["Who painted the loft?", "Where did [1] live?"]}
    nothing = {"answer": ""}
    refusal = {"thought": "None tells.", "answer": "not in the document"}
    model = ScriptedModel(by_purpose(plan=plan, work=nothing, answer=refusal))
    trace = await ask_town(model, "Where did the man live who painted the loft?", passage_count=3, widen_count=1)
    selections = [set(step.passage_ids) for step in trace.steps if step.kind == "select" and step.walk == 1]
    assert len(selections) == 2
    assert not selections[0] & selections[1]
    assert (trace.answer.status, trace.answer.citations) == (Status.NOT_IN_DOCUMENT, ())


async def test_an_unusable_plan_falls_back_to_the_question(ask_town):
    scripts = [
        Expected("no json", purpose="plan"),
        Expected("still none", purpose="plan"),
        Expected({"thought": "", "answer": "1874"}, purpose="answer"),
    ]
    with ScriptedModel(scripts) as model:
        trace = await ask_town(model, "When was the harbour of both towns built?")
    assert trace.plan == ("When was the harbour of both towns built?",)
    assert trace.answer.text == "1874"
    assert any(step.kind == "fallback" for step in trace.steps)


@pytest.mark.parametrize("mode", ["retrieve", "auto", "graph", "chain"])
async def test_a_budget_that_is_too_small_is_said(ask_town, mode: str):
    model = ScriptedModel([])
    trace = await ask_town(model, "When was the harbour built?", mode=mode, budget={"tokens": 50})
    assert trace.answer.status == Status.BUDGET_SPENT
    assert model.requests == []


async def test_at_the_limit_the_manager_answers_from_what_was_found(ask_town):
    plan = {"steps": ["Who built the harbour?", "Where was [1] born?", "When was [1] born?"]}
    script = by_purpose(plan=plan, work=telling("Oskar Lind"), answer=telling("1831"))
    trace = await ask_town(
        ScriptedModel(script), "When and where was he born who built the harbour?", budget={"calls": 3}
    )
    assert (trace.answer.status, trace.answer.text) == (Status.BUDGET_SPENT, "1831")
    assert trace.answer.citations
    assert trace.answer.usage.call_count == 3


async def test_what_cannot_be_asked(ask_town):
    model = ScriptedModel([], window_tokens=600)
    with pytest.raises(EmptyInput):
        await ask_town(model, "  \n")
    with pytest.raises(QuestionTooLong, match="600"):
        await ask_town(model, "why " * 600)


async def test_an_empty_collection_is_said(ask_town, collection: Collection, store: Store):
    for document_id in collection.ready_ids():
        store.delete_document(collection, document_id)
    with pytest.raises(NothingToRead):
        await ask_town(ScriptedModel([]), "Anything?")


async def test_a_server_that_is_down_is_an_error_not_an_answer(ask_town):
    with pytest.raises(ModelUnavailable):
        await ask_town(ScriptedModel([Expected(ModelUnavailable("down"))]), "When?")


@pytest.mark.parametrize("mode", ["retrieve", "auto", "graph", "chain"])
@pytest.mark.parametrize("seed", range(12))
async def test_a_model_that_talks_nonsense_breaks_no_promise(
    ask_town, random_reply, collection: Collection, mode: str, seed: int
):
    dice = random.Random(seed)
    model = ScriptedModel(lambda request: random_reply(request, dice), window_tokens=dice.choice([1_500, 4_096]))
    budget = {"tokens": dice.choice([3_000, 20_000]), "calls": dice.choice([2, 30])}
    trace = await ask_town(model, "When was the harbour of Varn built by Lind?", mode=mode, budget=budget)
    answer = trace.answer
    assert answer.usage.prompt_tokens + answer.usage.completion_tokens <= budget["tokens"]
    assert answer.usage.call_count <= budget["calls"]
    for request in model.requests:
        assert model.counter.count_messages(request.messages) + request.max_tokens <= model.window_tokens
    for citation in answer.citations:
        assert collection.document(citation.document_id).text[citation.start : citation.end] == citation.quote
