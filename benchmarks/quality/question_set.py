"""Question sets: a folder with documents.jsonl and questions.jsonl, or the example's PDF with its questions."""

import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

from longreader.app.evaluation.question import Measure, Question, read_questions, several_right
from longreader.graph_store.sentences import sentences

EXAMPLES = Path(__file__).parents[2] / "examples"
EXAMPLE = "example"
ALL_REQUIRED = "all of answers must occur"
QUOTE_CHARS = 30


@dataclass(frozen=True, slots=True)
class Source:
    """A document of a question set: the bytes of its file."""

    document_id: str
    file_name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A question set. ``headline`` is the metric that counts for questions answered in words."""

    name: str
    questions: tuple[Question, ...]
    sources: dict[str, Source]
    headline: str = "f1"

    def asked(self, question: Question) -> str:
        """Return the words to ask; several options may be right where they are for some question of the same kind."""
        return question.asked(several_right(other for other in self.questions if other.task == question.task))

    def source_of(self, question: Question) -> Source:
        """Return the document that a question asks about."""
        return self.sources[question.document_id]


def load(path: Path, max_words: int | None = None) -> QuestionSet:
    """Load a question set.

    Args:
        path: its folder; the word "example" for the example of this repository.
        max_words: leave questions on longer documents out.
    """
    if str(path) == EXAMPLE:
        pdf = EXAMPLES / "ansholm.pdf"
        questions = tuple(read_questions(EXAMPLES / "questions.jsonl"))
        return QuestionSet(EXAMPLE, questions, {"": Source("ansholm", pdf.name, pdf.read_bytes())}, headline="right")
    sources = {source.document_id: source for source in _sources(path / "documents.jsonl", max_words)}
    questions = (_question(line) for line in _lines(path / "questions.jsonl"))
    kept = tuple(question for question in questions if question.document_id in sources)
    return QuestionSet(path.name, kept, sources)


def sample(questions: Sequence[Question], limit: int | None, seed: int = 0) -> list[Question]:
    """Return at most ``limit`` questions, as many of each kind as of the others while there are any.

    The questions of a smaller limit are the first of those of a larger one, so runs build on each other.
    """
    strata: dict[str, list[Question]] = defaultdict(list)
    for question in questions:
        strata[question.task].append(question)
    for task in sorted(strata):
        strata[task].sort(key=lambda question: question.id)
        random.Random(f"{seed} {task}").shuffle(strata[task])
    rounds = zip_longest(*(strata[task] for task in sorted(strata)))
    return [question for question in chain.from_iterable(rounds) if question is not None][:limit]


def _sources(path: Path, max_words: int | None) -> Iterator[Source]:
    for line in _lines(path):
        if max_words is None or len(line["document"].split()) <= max_words:
            name = line["document_id"]
            yield Source(name, f"{name}.txt", line["document"].encode())


def _question(line: dict[str, Any]) -> Question:
    known = line.get("meta", {})
    fields = {"spans": _quotes(known.get("evidence")), "needs_all": known.get("scoring") == ALL_REQUIRED}
    question = Question.model_validate(line | fields)
    # Where options are given and words are the answer, as for true or false, the words are in the question.
    return question if question.measure is Measure.CHOICE else question.model_copy(update={"choices": {}})


def _quotes(evidence: object) -> list[str]:
    """Return the sentences of a question's evidence, which sets write as a text, as texts, or as objects with a text.

    Sentences, since an evidence is often joined from several places. One too short to tell a place is left out.
    """
    parts = evidence if isinstance(evidence, list) else [evidence]
    texts = [part.get("text") if isinstance(part, dict) else part for part in parts]
    quotes = [span.of(text) for text in texts if isinstance(text, str) for span in sentences(text)]
    return [quote for quote in quotes if len(quote) >= QUOTE_CHARS] or quotes


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())
