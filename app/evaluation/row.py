"""The row of one question: how right its answer was, what it cited and what it cost."""

import re
from collections.abc import Callable, Iterable, Mapping

from pydantic import BaseModel

from ...agents.answer import Answer, Citation, Status
from ...agents.errors import WindowExceeded
from ...agents.trace import Trace
from ...graph_store.document import Span
from ...graph_store.embedder import Embedder
from ...graph_store.quote import find_quote
from .coverage import coverage
from .metrics import contains, exact, f1, is_right, letters, recall, rouge_l
from .question import Measure, Question

# Marks of citations and what was read are no words of the answer: their numbers would pass for a right one.
_BESIDE = re.compile(r"\s*\[\d+\]|\s*\(Read: [^)]*\)|\s*\d+% of the text was read(?: \([^)]*\))?\.")


class Row(BaseModel, frozen=True):
    """One question, asked in one way.

    Attributes:
        scores: metric to share between 0 and 1; which ones depends on the question.
        answerable: the documents tell the answer, as far as is known.
        citation_count, verified_count: citations shown, and those whose quote stands in the document.
        on_gold: a citation overlaps a gold span; None where no gold span is known or nothing was cited.
        seconds: of the model calls, as they took when they were made; None where replies came from the cache.
        repair_count: calls that had to ask for a correction of a malformed reply.
        cut_count: replies cut at their limit.
        over_window_count: prompts that did not fit the window; they are refused before they are sent.
        error: the code of the error that the question ended in.
        text: the answer; never part of published figures.
    """

    question_id: str
    task: str
    way: str
    status: str = ""
    scores: dict[str, float] = {}
    answerable: bool = True
    citation_count: int = 0
    verified_count: int = 0
    on_gold: bool | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    reused_prompt_tokens: int = 0
    call_count: int = 0
    seconds: float | None = None
    repair_count: int = 0
    cut_count: int = 0
    over_window_count: int = 0
    error: str = ""
    trace_id: str = ""
    text: str = ""

    @property
    def tokens(self) -> int:
        """Tokens read and written."""
        return self.prompt_tokens + self.completion_tokens

    @property
    def refused(self) -> bool:
        """Whether the answer is that the documents do not tell."""
        return self.status == Status.NOT_IN_DOCUMENT


def failed(question: Question, way: str, code: str) -> Row:
    """Return the row of a question that ended in an error: every score is 0."""
    scores = dict.fromkeys(scores_of(question, Answer(status=Status.ANSWERED, text=""), None), 0.0)
    answerable = question.measure is not Measure.REFUSAL
    return Row(question_id=question.id, task=question.task, way=way, scores=scores, answerable=answerable, error=code)


def judge(question: Question, way: str, trace: Trace, texts: Mapping[str, str], embedder: Embedder | None) -> Row:
    """Return the row of an answered question.

    Args:
        trace: of the question; its answer is judged.
        texts: document id to text, of the documents asked about.
        embedder: for the coverage of summaries; None leaves that out.
    """
    answer = trace.answer
    assert answer is not None, "every question ends in an answer"
    calls = trace.calls
    return Row(
        question_id=question.id,
        task=question.task,
        way=way,
        status=answer.status.value,
        scores=scores_of(question, answer, embedder),
        answerable=question.measure is not Measure.REFUSAL,
        citation_count=len(answer.citations),
        verified_count=sum(_stands(citation, texts) for citation in answer.citations),
        on_gold=_on_gold(answer.citations, question.spans, texts),
        prompt_tokens=answer.usage.prompt_tokens,
        completion_tokens=answer.usage.completion_tokens,
        reused_prompt_tokens=sum(call.reused_prompt_tokens for call in calls),
        call_count=answer.usage.call_count,
        seconds=None if any(call.from_cache for call in calls) else round(sum(call.seconds for call in calls), 2),
        repair_count=sum(call.is_repair for call in calls),
        cut_count=sum(call.finish_reason == "length" for call in calls),
        over_window_count=sum(call.finish_reason == WindowExceeded.code for call in calls),
        trace_id=answer.trace_id,
        text=answer.text,
    )


def scores_of(question: Question, answer: Answer, embedder: Embedder | None) -> dict[str, float]:
    """Return the metrics that fit the question; the first is the one that counts for it."""
    text, golds = _BESIDE.sub("", answer.text), question.answers or ()
    refused = answer.status is Status.NOT_IN_DOCUMENT
    match question.measure:
        case Measure.NONE:
            return {}
        case Measure.REFUSAL:
            return {"abstained": float(refused), "right": float(refused)}
        case Measure.CHOICE:
            chosen = float(letters(text) == set(golds))
            return {"accuracy": chosen, "right": chosen}
        case Measure.ALL:
            share = sum(contains(text, gold) for gold in golds) / len(golds)
            return {"contains_all": share, "right": float(share == 1)}
        case Measure.SUMMARY:
            covered = {} if embedder is None else {"coverage": coverage(text, golds, embedder)}
            return {"rouge_l": _best(rouge_l, text, golds), "recall": _best(recall, text, golds)} | covered
        case Measure.WORDS:
            right = not refused and any(is_right(text, gold) for gold in golds)
            scores = {
                "f1": _best(f1, text, golds),
                "em": _best(exact, text, golds),
                "recall": _best(recall, text, golds),
            }
            return scores | {"right": float(right)}


def _best(metric: Callable[[str, str], float], text: str, golds: Iterable[str]) -> float:
    return max(metric(text, gold) for gold in golds)


def _stands(citation: Citation, texts: Mapping[str, str]) -> bool:
    """Tell whether a citation's quote stands, word for word, at its place in the document."""
    return Span(citation.start, citation.end).of(texts.get(citation.document_id, "")) == citation.quote


def _on_gold(citations: tuple[Citation, ...], quotes: tuple[str, ...], texts: Mapping[str, str]) -> bool | None:
    gold = [(id_, span) for id_, text in texts.items() for quote in quotes if (span := find_quote(text, quote))]
    if not gold or not citations:
        return None
    cited = [(citation.document_id, Span(citation.start, citation.end)) for citation in citations]
    return any(id_ == other and span.overlaps(place) for id_, span in gold for other, place in cited)
