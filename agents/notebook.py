"""What is collected on the way: a walk's notebook, and the unit that a worker chain passes on.

Both point at verbatim passages and carry the model's words only beside them: a small model's paraphrase costs more
right answers than it saves tokens, and whoever answers reads the passages themselves.
"""

from dataclasses import dataclass, replace


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
    """One look-up's result: its question as asked, the answer in the worker's words ("" = not found), its passages."""

    query: str
    answer: str = ""
    passage_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CommunicationUnit:
    """What a worker hands to the next one and the last hands to the manager.

    Source: Chain-of-Agents, arXiv 2406.02818, section 3.1, structured as in LLM×MapReduce, arXiv 2410.09342. Ours:
    evidence is pointers, and a worker that found nothing changes nothing, so "not mentioned" never erases evidence.
    """

    findings: tuple[Finding, ...] = ()

    def with_finding(self, finding: Finding) -> "CommunicationUnit":
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

    def finding(self, query: str) -> Finding:
        """Return the finding for a look-up; an empty one if it was never read for."""
        return next((finding for finding in self.findings if finding.query == query), Finding(query))

    @property
    def passage_ids(self) -> tuple[str, ...]:
        """The passages pointed at, in the order of the findings, none twice."""
        return tuple(dict.fromkeys(found for finding in self.findings for found in finding.passage_ids))
