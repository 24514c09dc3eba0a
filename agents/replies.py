"""The forms of the model's replies. Every list and text is bounded; choices are numbers of a list in the prompt.

A choice's upper bound is the length of that list, so the narrowed forms are made per call and kept.
"""

from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, create_model

Notebook = Annotated[str, Field(max_length=500)]
Rationale = Annotated[str, Field(max_length=160)]
FACT_CHARS = 300


QuestionKind = Literal["fact", "rows", "whole", "summary"]


class RouteReply(BaseModel):
    """What kind of question it is: one fact or a few, rows of one kind, the whole text, a summary."""

    kind: QuestionKind


class StandaloneReply(BaseModel):
    """A follow-up as a question that can be understood alone."""

    question: str = Field(min_length=1, max_length=300)


class PlanReply(BaseModel):
    """The look-ups of a rational plan, in order."""

    steps: list[Annotated[str, Field(min_length=1, max_length=240)]] = Field(min_length=1, max_length=8)


class NodeScore(BaseModel):
    """A candidate node's number and its relevance."""

    node: int
    score: int = Field(ge=0, le=100)


class NodeChoice(BaseModel):
    """Scored candidates for initial nodes."""

    nodes: list[NodeScore] = Field(min_length=1, max_length=10)


class FactsReply(BaseModel):
    """The fact stage of a walk."""

    notebook: Notebook
    rationale: Rationale
    action: Literal["read_chunk", "stop_and_read_neighbor"]
    chunks: list[int] = Field(max_length=3)


class ChunkReply(BaseModel):
    """The chunk stage of a walk."""

    passages: list[int] = Field(max_length=4)
    notebook: Notebook
    rationale: Rationale
    action: Literal["search_more", "read_previous_chunk", "read_subsequent_chunk", "termination"]


class NeighborReply(BaseModel):
    """The neighbour stage of a walk."""

    rationale: Rationale
    action: Literal["read_neighbor_node", "termination"]
    neighbor: int


class WorkerReply(BaseModel):
    """A worker's answer to a look-up; empty when its passages do not tell."""

    answer: str = Field(max_length=240)


class ScanRow(BaseModel):
    """A row of a scan: a thing that fits the question, named in the text's words."""

    name: str = Field(max_length=100)

    @property
    def values(self) -> tuple[str, ...]:
        """The cells beside the name."""
        return ()


class ValuedRow(ScanRow):
    """A row with the number, sum or date that the question turns on."""

    value: str = Field(max_length=60)

    @property
    def values(self) -> tuple[str, ...]:
        """The value."""
        return (self.value,)


class PairedRow(ScanRow):
    """A row with the two values that the question compares."""

    first: str = Field(max_length=60)
    second: str = Field(max_length=60)

    @property
    def values(self) -> tuple[str, ...]:
        """Both values."""
        return (self.first, self.second)


class RowsReply(BaseModel):
    """What a scan finds in one batch."""

    rows: list[ScanRow] = Field(max_length=12)


class AggregationReply(BaseModel):
    """What a question asks of its rows, where its words do not tell."""

    operation: Literal["count", "list", "maximum", "minimum", "sum", "sort"]


class SummaryReply(BaseModel):
    """Sentences of a summary."""

    sentences: list[Annotated[str, Field(min_length=1, max_length=300)]] = Field(max_length=12)


class PartReply(BaseModel):
    """A part's summary, in prose."""

    summary: str = Field(max_length=900)


class WrittenFact(BaseModel):
    """An atomic fact as a model writes it."""

    fact: str = Field(min_length=1, max_length=FACT_CHARS)
    key_elements: list[Annotated[str, Field(min_length=1, max_length=40)]] = Field(min_length=1, max_length=4)


class NotesReply(BaseModel):
    """The atomic facts of a piece of a chunk."""

    facts: list[WrittenFact] = Field(min_length=1, max_length=40)


class FillReply(BaseModel):
    """What fills the blanks of a text, in their order; empty where the passages do not tell."""

    fillers: list[Annotated[str, Field(max_length=80)]]


class ChoiceReply(BaseModel):
    """The options chosen."""

    thought: str = Field(max_length=240)
    letters: list[str] = Field(min_length=1, max_length=26)


class AnswerReply(BaseModel):
    """The manager's reply."""

    answer: str = Field(min_length=1, max_length=600)


class ReasonedReply(BaseModel):
    """An answer after a thought, where findings have to be joined."""

    thought: str = Field(max_length=300)
    answer: str = Field(min_length=1, max_length=600)


def _one_of(count: int) -> Any:
    return Annotated[int, Field(ge=1, le=count)]


def _some_of(count: int, most: int) -> Any:
    return Annotated[list[Annotated[int, Field(ge=1, le=count)]], Field(max_length=min(count, most))]


@cache
def plan_reply(step_count: int) -> type[PlanReply]:
    """Return the plan's form for at most ``step_count`` look-ups."""
    step = Annotated[str, Field(min_length=1, max_length=240)]
    steps: Any = Annotated[list[step], Field(min_length=1, max_length=step_count)]
    return create_model("PlanReply", __base__=PlanReply, steps=(steps, ...))


@cache
def node_choice(candidate_count: int) -> type[NodeChoice]:
    """Return the form of scored candidates: at least ten are asked for where there are as many (GraphReader)."""
    score = create_model("NodeScore", __base__=NodeScore, node=(_one_of(candidate_count), ...))
    wanted = min(candidate_count, 10)
    nodes: Any = Annotated[list[score], Field(min_length=wanted, max_length=wanted)]
    return create_model("NodeChoice", __base__=NodeChoice, nodes=(nodes, ...))


@cache
def facts_reply(chunk_count: int) -> type[FactsReply]:
    """Return the fact stage's form for a list of ``chunk_count`` chunks."""
    return create_model("FactsReply", __base__=FactsReply, chunks=(_some_of(chunk_count, 3), ...))


@cache
def chunk_reply(passage_count: int) -> type[ChunkReply]:
    """Return the chunk stage's form for ``passage_count`` passages."""
    return create_model("ChunkReply", __base__=ChunkReply, passages=(_some_of(passage_count, 4), ...))


@cache
def neighbor_reply(neighbor_count: int) -> type[NeighborReply]:
    """Return the neighbour stage's form for ``neighbor_count`` neighbours."""
    return create_model("NeighborReply", __base__=NeighborReply, neighbor=(_one_of(neighbor_count), ...))


@cache
def rows_reply(row: type[ScanRow], row_count: int) -> type[RowsReply]:
    """Return the form of a scan's rows: at most ``row_count`` of one kind."""
    rows: Any = Annotated[list[row], Field(max_length=row_count)]
    return create_model("RowsReply", __base__=RowsReply, rows=(rows, ...))


@cache
def summary_reply(sentence_count: int) -> type[SummaryReply]:
    """Return the form of a summary of at most ``sentence_count`` sentences."""
    sentence = Annotated[str, Field(min_length=1, max_length=300)]
    sentences: Any = Annotated[list[sentence], Field(max_length=sentence_count)]
    return create_model("SummaryReply", __base__=SummaryReply, sentences=(sentences, ...))


@cache
def notes_reply(least_count: int, most_count: int) -> type[NotesReply]:
    """Return the form of notes with between ``least_count`` and ``most_count`` facts."""
    facts: Any = Annotated[list[WrittenFact], Field(min_length=least_count, max_length=most_count)]
    return create_model("NotesReply", __base__=NotesReply, facts=(facts, ...))


@cache
def fill_reply(blank_count: int) -> type[FillReply]:
    """Return the form of what fills ``blank_count`` blanks."""
    filler = Annotated[str, Field(max_length=80)]
    fillers: Any = Annotated[list[filler], Field(min_length=blank_count, max_length=blank_count)]
    return create_model("FillReply", __base__=FillReply, fillers=(fillers, ...))


@cache
def choice_reply(letters: tuple[str, ...], several: bool) -> type[ChoiceReply]:
    """Return the form of a choice among the letters: one of them, or several."""
    letter: Any = Literal[letters]
    most = len(letters) if several else 1
    chosen: Any = Annotated[list[letter], Field(min_length=1, max_length=most)]
    return create_model("ChoiceReply", __base__=ChoiceReply, letters=(chosen, ...))
