"""The note graph: nodes are key elements with their facts, edges join key elements that share facts.

Derived from stored facts and never stored itself (note_rows.py keeps the facts).
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

from .abbreviation import abbreviations
from .english import FUNCTION_WORDS
from .errors import NotFound
from .key_element import normalise
from .note import AtomicFact

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True, slots=True)
class Node:
    """A key element: its normalised ``key``, its most frequent written form as ``name``, its facts in order of id."""

    key: str
    name: str
    fact_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Neighbor:
    """A node seen from another one: ``weight`` is the number of facts that both stand in."""

    key: str
    name: str
    weight: int
    score: float


class NoteGraph:
    """An undirected graph of key elements.

    Only which fact holds which node is kept; edges follow from that when they are asked for. A collection of a
    million words takes some ten megabytes this way instead of hundreds for its edges; `networkx` spells them out.

    References
    ----------
    GraphReader, arXiv 2406.14550, section 3.2: nodes are joined when the key element of one occurs in the facts of
    the other. Different: an edge has a weight, and abbreviations that the facts introduce are merged into their names.
    """

    def __init__(
        self, fact_ids: list[str], names: dict[str, str], facts: dict[str, list[int]], aliases: Mapping[str, str]
    ):
        self._fact_ids = fact_ids
        self._names = names
        self._facts = facts
        self._aliases = aliases
        self._keys: list[list[str]] = [[] for _ in fact_ids]
        for key, numbers in facts.items():
            for number in numbers:
                self._keys[number].append(key)

    @classmethod
    def build(cls, facts: Iterable[AtomicFact], merges: Mapping[str, Mapping[str, str]] | None = None) -> "NoteGraph":
        """Build the graph of some facts.

        Parameters
        ----------
        facts : iterable of AtomicFact
            In any order; a fact that comes twice counts once.
        merges : mapping, optional
            For each chunk id, the keys that belong to another key's node in its document (merging.py).

        Returns
        -------
        NoteGraph
            Equal for equal sets of facts.
        """
        ordered = sorted({fact.fact_id: fact for fact in facts}.values(), key=lambda fact: fact.fact_id)
        merges = merges or {}
        aliases = abbreviations(fact.text for fact in ordered)
        numbers: defaultdict[str, list[int]] = defaultdict(list)
        forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for number, fact in enumerate(ordered):
            merged = merges.get(fact.chunk_id, {})
            for written in fact.key_elements:
                own = _key(written, aliases)
                key = merged.get(own, own)
                if key and numbers[key][-1:] != [number]:
                    numbers[key].append(number)
                if key:
                    # A node is not named after a form that was merged into it, unless it has no other.
                    forms[key][written] += key == own
        names = {key: min(counts, key=lambda form: (-counts[form], form)) for key, counts in forms.items()}
        # A form is looked up by what it is merged into only where it is no node itself, and means one thing.
        certain = {key: node for key, node in _agreed(merges.values()).items() if key not in names and node in names}
        return cls([fact.fact_id for fact in ordered], names, {key: numbers[key] for key in names}, certain | aliases)

    @property
    def node_count(self) -> int:
        """Number of nodes."""
        return len(self._names)

    def keys(self) -> Iterator[str]:
        """Iterate over the keys of all nodes in alphabetical order."""
        return iter(sorted(self._names))

    def containing(self, text: str) -> list[str]:
        """Return the keys of the nodes in whose key or name a text stands, those of the most facts first.

        Parameters
        ----------
        text : str
            Case does not count; empty for all nodes.
        """
        wanted = text.casefold()
        return [key for key in self._ranked if wanted in key or wanted in self._names[key].casefold()]

    def __contains__(self, key: str) -> bool:
        return _key(key, self._aliases) in self._names

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, NoteGraph):
            return NotImplemented
        return (self._fact_ids, self._names, self._facts) == (other._fact_ids, other._names, other._facts)

    __hash__ = None  # type: ignore[assignment]

    def node(self, key: str) -> Node:
        """Return a node.

        Parameters
        ----------
        key : str
            Its key, or any written form of its key element.

        Raises
        ------
        NotFound
            There is no such node.
        """
        found = self._found(key)
        return Node(found, self._names[found], tuple(self._fact_ids[number] for number in self._facts[found]))

    def neighbors(
        self, key: str, score: Callable[[str], float] | None = None, offset: int = 0, limit: int = 20
    ) -> list[Neighbor]:
        """Return a page of a node's neighbors, the best first.

        Parameters
        ----------
        key : str
            The node, as in `node`.
        score : callable, optional
            How well a key fits the question, from 0. It is multiplied by the neighbor's rarity, so that a hub which
            stands everywhere does not win by itself. Without it neighbors are ranked by weight, then rarity.
        offset, limit : int
            Which page: how many neighbors to pass over, and how many to return at most.

        Returns
        -------
        list of Neighbor
            Shorter than ``limit`` on the last page, empty behind it. ``score`` is what the ranking went by.

        Raises
        ------
        NotFound
            There is no such node.
        """
        weights = self._weights(self._found(key))
        if score is None:
            scores = {neighbor: float(weight) for neighbor, weight in weights.items()}
        else:
            scores = {neighbor: score(neighbor) * self._rarity(neighbor) for neighbor in weights}
        ranked = sorted(weights, key=lambda k: (-scores[k], -weights[k], len(self._facts[k]), k))
        page = ranked[offset : offset + limit]
        return [Neighbor(k, self._names[k], weights[k], scores[k]) for k in page]

    def find(self, text: str) -> list[str]:
        """Return the keys of the nodes whose key elements stand in a text, longest first, each once.

        A word that a longer key element covers is not looked up again by itself. Linear in the number of words.

        Parameters
        ----------
        text : str
            For example a question.
        """
        words = text.split()
        taken = [False] * len(words)
        found: dict[str, None] = {}
        for size in range(min(self._longest, len(words)), 0, -1):
            for start in range(len(words) - size + 1):
                if any(taken[start : start + size]):
                    continue
                written = " ".join(words[start : start + size])
                key = _key(written, self._aliases)
                if key in self._names and not _is_function_word(written):
                    found[key] = None
                    taken[start : start + size] = [True] * size
        return list(found)

    def to_networkx(self, fact_ids: Container[str] | None = None) -> "nx.Graph":
        """Return a new networkx graph, edges spelled out: nodes have ``name`` and ``fact_ids``, edges ``weight``.

        Args:
            fact_ids: only these facts, and the nodes that stand in them; default: all.
        """
        import networkx as nx

        graph = nx.Graph()
        for key in self.keys():
            node = self.node(key)
            kept = tuple(found for found in node.fact_ids if fact_ids is None or found in fact_ids)
            if kept:
                graph.add_node(key, name=node.name, fact_ids=kept)
        chosen = (
            keys
            for fact_id, keys in zip(self._fact_ids, self._keys, strict=True)
            if fact_ids is None or fact_id in fact_ids
        )
        pairs = Counter(pair for keys in chosen for pair in combinations(sorted(keys), 2))
        graph.add_weighted_edges_from((one, other, weight) for (one, other), weight in pairs.items())
        return graph

    def _found(self, key: str) -> str:
        found = _key(key, self._aliases)
        if found not in self._names:
            raise NotFound(f"no node for {key!r}", key=key)
        return found

    def _weights(self, key: str) -> Counter[str]:
        weights = Counter(other for number in self._facts[key] for other in self._keys[number])
        del weights[key]
        return weights

    def _rarity(self, key: str) -> float:
        return math.log(1 + len(self._fact_ids) / len(self._facts[key]))

    @cached_property
    def _ranked(self) -> list[str]:
        return sorted(self._names, key=lambda key: (-len(self._facts[key]), key))

    @cached_property
    def _longest(self) -> int:
        longest = max((len(name.split()) for name in self._names.values()), default=0)
        return min(longest + 1, 12)


def _agreed(merges: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return the merges on which all documents that have them agree."""
    nodes: defaultdict[str, set[str]] = defaultdict(set)
    for merged in {id(merged): merged for merged in merges}.values():
        for key, node in merged.items():
            nodes[key].add(node)
    return {key: next(iter(found)) for key, found in nodes.items() if len(found) == 1}


def _key(written: str, aliases: Mapping[str, str]) -> str:
    key = normalise(written)
    return aliases.get(key, key)


def _is_function_word(written: str) -> bool:
    """Tell "us" and "it" from "US" and "IT": a function word is no key element unless it is in capitals."""
    return normalise(written) in FUNCTION_WORDS and not (written.strip("?!,;:.").isupper() and len(written) > 1)
