"""A question with what is known of its right answer, and the files that hold such questions."""

import json
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

from pydantic import AliasChoices, BaseModel, Field, ValidationError

from ...graph_store.errors import InputError

UNANSWERABLE = "unanswerable"
SUMMARY = "summar"


class Measure(StrEnum):
    """How an answer is held against what is known."""

    WORDS = "words"
    CHOICE = "choice"
    ALL = "all"
    SUMMARY = "summary"
    REFUSAL = "refusal"
    NONE = "none"


class Question(BaseModel, frozen=True):
    """A question.

    Attributes:
        question: as somebody would ask it, without the options of a multiple choice.
        answers: right answers, any of which will do; of a multiple choice the letters, all of them. Empty means that
            the documents do not tell; None that no answer is known.
        spans: quotes of the passages that bear the answer out.
        choices: letter to option.
        task: its kind, for the table.
        needs_all: every one of the answers must be given.
        document_id: where the question set has several documents, the one that is asked about.
    """

    id: str = ""
    question: str = Field(min_length=1)
    answers: tuple[str, ...] | None = None
    spans: tuple[str, ...] = ()
    choices: dict[str, str] = {}
    task: str = Field(default="", validation_alias=AliasChoices("task", "kind"))
    needs_all: bool = False
    document_id: str = ""

    @property
    def measure(self) -> Measure:
        """How its answer is judged."""
        if self.task == UNANSWERABLE or self.answers == ():
            return Measure.REFUSAL
        if self.answers is None:
            return Measure.NONE
        if self.choices and set(self.answers) <= set(self.choices):
            return Measure.CHOICE
        if SUMMARY in self.task:
            return Measure.SUMMARY
        return Measure.ALL if self.needs_all else Measure.WORDS

    def asked(self, several: bool = False) -> str:
        """Return the words to ask: a multiple choice with its options, as a person types them.

        Args:
            several: more than one option may be right.
        """
        if self.measure is not Measure.CHOICE:
            return self.question
        options = [f"{letter}. {option}" for letter, option in self.choices.items()]
        wanted = "letters of all right options" if several else "letter of the right option"
        return "\n".join([self.question, *options, f"Answer with the {wanted}."])


def several_right(questions: Iterable[Question]) -> bool:
    """Tell whether a multiple choice among the questions has more than one right option."""
    return any(question.measure is Measure.CHOICE and len(question.answers or ()) > 1 for question in questions)


def read_questions(path: Path) -> list[Question]:
    """Read questions, a JSON object a line; one without an id gets its line's number.

    Raises:
        InputError: the file cannot be read, or a line is no question; it says which.
    """
    try:
        # Not splitlines: a question may hold characters that it takes for line ends.
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read.", hint="Give a JSON Lines file in UTF-8.", path=str(path)) from error
    found = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            found.append(_question(line, path, number))
    return found


def _question(line: str, path: Path, number: int) -> Question:
    try:
        return Question.model_validate({"id": str(number)} | json.loads(line))
    except (ValidationError, ValueError, TypeError) as error:
        raise InputError(
            f"{path.name}, line {number}, is no question.",
            hint='Each line is an object: {"question": …, "answers": […], "spans": […]}.',
            path=str(path),
            line=number,
        ) from error
