import pytest
from longreader.agents.answer import Answer, AnswerUsage, Citation, Status
from longreader.agents.trace import CallRecord, Trace
from longreader.app.evaluation.question import Question
from longreader.app.evaluation.row import Row, failed, judge
from longreader.graph_store.embedder import HashEmbedder

TEXT = "The Tessel is 212 km long. Its ferry was built by Ottilie Brandt in 1911."


def citation(quote: str, start: int | None = None) -> Citation:
    at = TEXT.index(quote) if start is None else start
    return Citation(
        number=1,
        document_id="d1",
        title="t",
        page=1,
        last_page=1,
        start=at,
        end=at + len(quote),
        quote=quote,
        passage_id="p1",
    )


def judged(question: Question, text: str, status: Status = Status.ANSWERED, *cited: Citation) -> Row:
    usage = AnswerUsage(call_count=3, prompt_tokens=900, completion_tokens=60)
    calls = [
        CallRecord(purpose="plan", prompt_tokens=300, completion_tokens=20, seconds=1.5, finish_reason="length"),
        CallRecord(
            purpose="work",
            prompt_tokens=300,
            completion_tokens=20,
            seconds=1.0,
            finish_reason="stop",
            is_repair=True,
            reused_prompt_tokens=128,
        ),
        CallRecord(
            purpose="answer", prompt_tokens=0, completion_tokens=0, seconds=0.0, finish_reason="window_exceeded"
        ),
    ]
    answer = Answer(status=status, text=text, citations=cited, usage=usage, trace_id="t1")
    trace = Trace(question=question.question, calls=calls, answer=answer)
    return judge(question, "auto", trace, {"d1": TEXT}, HashEmbedder())


def test_an_answer_in_words():
    question = Question(id="q1", question="Who?", answers=("Brandt", "Ottilie Brandt"), task="pinpoint")
    row = judged(question, "Ottilie Brandt, the builder")
    assert row.scores == {"f1": pytest.approx(0.8), "em": 0.0, "recall": 1.0, "right": 1.0}
    assert next(iter(row.scores)) == "f1"
    assert (row.question_id, row.task, row.way, row.answerable, row.refused) == ("q1", "pinpoint", "auto", True, False)


def test_a_refused_answer_is_not_right_whatever_its_words():
    row = judged(Question(question="?", answers=("the document",)), "not in the document", Status.NOT_IN_DOCUMENT)
    assert (row.scores["right"], row.refused, row.answerable) == (0.0, True, True)


def test_marks_of_citations_and_the_parts_read_are_no_words_of_the_answer():
    question = Question(question="How many boats?", answers=("7",))
    row = judged(question, "Two boats came. [7] (Read: 2 of 2 parts, pages 4–5, 7.)")
    assert (row.scores["right"], row.scores["recall"]) == (0.0, 0.0)
    row = judged(question, "2: Alma and Berta 7% of the text was read (pages 4–5, 7).")
    assert (row.scores["right"], row.scores["recall"]) == (0.0, 0.0)
    assert judged(question, "7 boats came. [2]").scores["right"] == 1.0


def test_abstention_is_told_by_the_status():
    question = Question(question="Who sank it?", answers=())
    assert judged(question, "no idea", Status.NOT_IN_DOCUMENT).scores == {"abstained": 1.0, "right": 1.0}
    assert judged(question, "not in the document").scores == {"abstained": 0.0, "right": 0.0}
    assert not judged(question, "Brandt").answerable


def test_a_choice_needs_all_letters_and_no_other():
    question = Question(question="?", answers=("A", "C"), choices={"A": "x", "B": "y", "C": "z"})
    assert judged(question, "A, C").scores["accuracy"] == 1.0
    assert judged(question, "A").scores["accuracy"] == 0.0
    assert judged(question, "ABC").scores["accuracy"] == 0.0


def test_every_answer_of_a_list_counts():
    question = Question(question="?", answers=("x1", "x2"), needs_all=True)
    assert judged(question, "X1 only").scores == {"contains_all": 0.5, "right": 0.0}
    assert judged(question, "x1, x2").scores == {"contains_all": 1.0, "right": 1.0}


def test_a_summary_takes_its_best_reference():
    question = Question(question="?", answers=("A boat sinks.", "The ferry runs."), task="summarisation")
    scores = judged(question, "The ferry runs.").scores
    assert scores == {"rouge_l": 1.0, "recall": 1.0, "coverage": 1.0}


def test_nothing_is_judged_where_no_answer_is_known():
    assert judged(Question(question="?"), "Brandt").scores == {}


def test_citations_are_held_against_the_text_and_the_gold_spans():
    question = Question(question="?", answers=("1911",), spans=("Ottilie  Brandt in 1911",))
    row = judged(question, "1911", Status.ANSWERED, citation("built by Ottilie"), citation("212 km", start=3))
    assert (row.citation_count, row.verified_count, row.on_gold) == (2, 1, True)
    assert judged(question, "1911", Status.ANSWERED, citation("212 km")).on_gold is False
    assert judged(question, "1911").on_gold is None
    unknown = Question(question="?", answers=("1911",), spans=("sunk in 1912",))
    assert judged(unknown, "1911", Status.ANSWERED, citation("212 km")).on_gold is None


def test_cost_and_faults_are_those_of_the_trace():
    row = judged(Question(question="?", answers=("1911",)), "1911")
    assert (row.tokens, row.call_count, row.seconds, row.reused_prompt_tokens) == (960, 3, 2.5, 128)
    assert (row.repair_count, row.cut_count, row.over_window_count) == (1, 1, 1)


def test_a_question_that_fails_scores_nothing():
    row = failed(Question(id="q", question="?", answers=("1911",)), "auto", "question_too_long")
    assert row.scores == {"f1": 0.0, "em": 0.0, "recall": 0.0, "right": 0.0}
    assert row.error == "question_too_long"
    assert failed(Question(question="?", answers=()), "auto", "x").scores == {"abstained": 0.0, "right": 0.0}
