"""What is collected on the way: a walk's notebook, and the unit that a worker chain passes on.

Both point at verbatim passages and carry the model's words only beside them: a small model's paraphrase costs more
right answers than it saves tokens, and whoever answers reads the passages themselves.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from .fence import fence
from .support import Sentence, content_words

# Candidates of a whole chain that the next worker is told, and that a unit keeps.
TOLD_COUNT = 4
KEPT_COUNT = 24


@dataclass(frozen=True, slots=True)
class Notebook:
    """A walk's notebook: the model's own notes, and the passages that it pointed at, oldest first."""

    notes: str = ""
    passage_ids: tuple[str, ...] = ()

    def updated(self, notes: str, passage_ids: list[str]) -> "Notebook":
        """Return the notebook with new notes (kept when the update is empty) and further passages, none twice."""
        merged = tuple(dict.fromkeys((*self.passage_ids, *passage_ids)))
        return Notebook(notes.strip() or self.notes, merged)


@dataclass(frozen=True, slots=True)
class Finding:
    """One look-up's result.

    Attributes:
        query: its question as asked.
        answer: in the worker's words; "" where nothing was found.
        passage_ids: of the passages that it stands in.
        sentences: those that bear it out, where code knows them; else they are found by its words.
    """

    query: str
    answer: str = ""
    passage_ids: tuple[str, ...] = ()
    sentences: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class CommunicationUnit:
    """What a worker hands to the next one and the last hands to the manager.

    Source: Chain-of-Agents, arXiv 2406.02818, section 3.1, structured as in LLM×MapReduce, arXiv 2410.09342. Ours:
    evidence is pointers, and a worker that found nothing changes nothing, so "not mentioned" never erases evidence.
    """

    findings: tuple[Finding, ...] = ()
    unread_count: int = 0

    def with_unread(self) -> Self:
        """Return the unit with one more passage counted that could not be read."""
        return replace(self, unread_count=self.unread_count + 1)

    def with_finding(self, finding: Finding) -> Self:
        """Return the unit with one more finding; one for the same look-up is completed, never emptied."""
        for i, earlier in enumerate(self.findings):
            if earlier.query == finding.query:
                merged = Finding(
                    earlier.query,
                    earlier.answer or finding.answer,
                    tuple(dict.fromkeys((*earlier.passage_ids, *finding.passage_ids))),
                )
                return replace(self, findings=(*self.findings[:i], merged, *self.findings[i + 1 :]))
        return replace(self, findings=(*self.findings, finding))

    def without(self, query: str) -> Self:
        """Return the unit without the finding for a look-up."""
        return replace(self, findings=tuple(finding for finding in self.findings if finding.query != query))

    def finding(self, query: str) -> Finding:
        """Return the finding for a look-up; an empty one if it was never read for."""
        return next((finding for finding in self.findings if finding.query == query), Finding(query))

    @property
    def passage_ids(self) -> tuple[str, ...]:
        """The passages pointed at, in the order of the findings, none twice."""
        return tuple(dict.fromkeys(found for finding in self.findings for found in finding.passage_ids))

    def told(self) -> str:
        """Return the findings as the next reader sees them."""
        told = (finding for finding in self.findings if finding.answer)
        return " ".join(f"{fence(finding.query)} {fence(finding.answer)}." for finding in told)


@dataclass(frozen=True, slots=True)
class CandidateUnit(CommunicationUnit):
    """The unit of a chain over whole documents: candidate answers to one question, the best supported first.

    Candidates that say the same are one. Their order is by ``support``, summed over their passages, since nearly
    every worker of a small model finds its part relevant. The unit stays small: of more than ``KEPT_COUNT``
    candidates the least supported are left out, and counted.
    """

    support: Mapping[str, float] = field(default_factory=dict[str, float])
    left_out_count: int = 0

    def with_finding(self, finding: Finding) -> Self:
        """Return the unit with one more candidate, merged with those of the same words."""
        same = [earlier for earlier in self.findings if _key(earlier.answer) == _key(finding.answer)]
        ids = tuple(dict.fromkeys(found for one in (*same, finding) for found in one.passage_ids))
        merged = Finding(finding.query, (same or [finding])[0].answer, ids)
        others = (earlier for earlier in self.findings if earlier not in same)
        ranked = sorted((*others, merged), key=self._support_of, reverse=True)
        left_out_count = self.left_out_count + len(ranked[KEPT_COUNT:])
        return replace(self, findings=tuple(ranked[:KEPT_COUNT]), left_out_count=left_out_count)

    def told(self) -> str:
        """Return the best candidates as the next reader sees them."""
        return "; ".join(fence(finding.answer) for finding in self.findings[:TOLD_COUNT])

    def _support_of(self, finding: Finding) -> float:
        return sum(self.support.get(found, 0.0) for found in finding.passage_ids)


def _key(answer: str) -> frozenset[str] | str:
    """Return what makes an answer the same as another: its words, or itself where none of them tells ("Yes", "US")."""
    return frozenset(content_words(answer)) or answer.strip(" .!").casefold()
