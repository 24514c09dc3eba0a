"""Which passages to read for a look-up: the walk of mode auto, led by code.

A look-up starts at the nodes that its words name or point to, goes over the facts of those nodes, joins the passages
of the best facts with those that plain search finds, and puts those first of which one sentence tells most of what is
asked (docs/decisions/0023). Unlike mode graph it asks the model nothing.

Source: GraphReader's facts-before-chunks (arXiv 2406.14550, section 3.4.1); rank fusion as in graph_store/search.py.
"""

import asyncio
from collections import defaultdict

from ..graph_store.chunk import Passage
from ..graph_store.section import section_start
from .batch import tokens_of
from .names import holding, is_entry, names_in, words_beside
from .reading import Reading
from .sentence_coverage import sentence_coverage

# Reciprocal-rank fusion's constant (Cormack, Clarke and Büttcher, SIGIR 2009).
RANK_CONSTANT = 60
NODE_COUNT = 5
FACT_COUNT = 12
CANDIDATE_COUNT = 24
# The same constant for putting candidates in order: of so few, the first places must weigh more.
ORDER_CONSTANT = 10
COVERAGE_WEIGHT = 2
# What asks for more than this about a name describes something that need not be told beside it.
WORDS_BESIDE = 3
# Sections are ranked by this many passages; the first weighs as much as the next two together.
SECTION_HITS = 24
SECTION_CONSTANT = 2


async def select_passages(
    reading: Reading,
    query: str,
    limit: int,
    already_read: frozenset[str] = frozenset(),
    walk: int | None = None,
    *,
    by_name: bool = False,
) -> list[Passage]:
    """Return at most ``limit`` passages worth reading for ``query``, best first, without those already read.

    Args:
        by_name: only those that hold a name of the query, if one, read already or not, is about it.
    """
    collection = reading.collection
    candidate_count = max(CANDIDATE_COUNT, 2 * limit)
    hits = await collection.search(query, candidate_count + len(already_read))
    nodes = [hit.key for hit in await collection.rank_nodes(query, NODE_COUNT)]
    fact_ids = dict.fromkeys(fact_id for key in nodes for fact_id in collection.graph.node(key).fact_ids)
    known = collection.facts(fact_ids)
    facts = await collection.rank_facts(query, known, FACT_COUNT)
    by_search = [hit.passage for hit in hits]
    by_facts = [passage for fact in facts if (passage := collection.passage_of(fact))]
    candidates = fuse(by_search, by_facts)
    if by_name:
        candidates = await asyncio.to_thread(_with_names, reading, query, candidates)
    unread = [passage for passage in candidates if passage.passage_id not in already_read]
    ranked = (await asyncio.to_thread(_by_sentences, reading, query, unread[:candidate_count]))[:limit]
    names = tuple(collection.graph.node(key).name for key in nodes)
    # The trace keeps the nodes' names, which are words of the documents whose facts they have.
    reading.quoted.update(collection.chunk(fact.chunk_id).document_id for fact in known)
    reading.step(
        "select",
        f"{len(ranked)} passages for “{query}”",
        walk=walk,
        query=query,
        nodes=names,
        chunk_ids=tuple(dict.fromkeys(passage.chunk_id for passage in ranked)),
        passage_ids=tuple(passage.passage_id for passage in ranked),
    )
    return ranked


def _by_sentences(reading: Reading, query: str, passages: list[Passage]) -> list[Passage]:
    coverage = sentence_coverage(query, [reading.collection.text_of(passage) for passage in passages])
    by_coverage = [passages[place] for place in sorted(range(len(passages)), key=lambda place: -coverage[place])]
    return fuse(passages, *[by_coverage] * COVERAGE_WEIGHT, constant=ORDER_CONSTANT)


def _with_names(reading: Reading, query: str, passages: list[Passage]) -> list[Passage]:
    """Return the passages that hold a name of the query, where one is about it and little else is asked; else all."""
    names = names_in(query)
    if not names or len(words_beside(query, names)) > WORDS_BESIDE:
        return passages
    leads = [reading.lead_of(passage) for passage in passages]
    texts = [reading.collection.text_of(passage) for passage in passages]
    if not any(is_entry(names, text) for text in (*leads, *texts)):
        return passages
    return [
        passages[place] for place in holding(names, [f"{lead} {text}" for lead, text in zip(leads, texts, strict=True)])
    ]


async def select_sections(reading: Reading, room: int) -> list[Passage]:
    """Return the passages of the sections that search ranks best, in document order, as many as fit.

    Args:
        room: tokens. Of a section that is larger by itself, the passages that search found are taken, then their
            neighbours.
    """
    hits = await reading.collection.search(reading.question, SECTION_HITS, reading.document_ids or None)
    return await asyncio.to_thread(_fitting_sections, reading, [hit.passage for hit in hits], room)


def _fitting_sections(reading: Reading, found: list[Passage], room: int) -> list[Passage]:
    chosen: list[Passage] = []
    for section in _ranked_sections(reading, found):
        costs = {passage: tokens_of(reading, passage) for passage in section}
        for passage in _near(section, found) if sum(costs.values()) > room else section:
            room -= costs[passage]
            if room < 0:
                return reading.in_document_order(chosen)
            chosen.append(passage)
    return reading.in_document_order(chosen)


def _ranked_sections(reading: Reading, found: list[Passage]) -> list[list[Passage]]:
    """Return the sections that hold the found passages, whole, the best first."""
    scores: dict[tuple[str, int], float] = defaultdict(float)
    for rank, passage in enumerate(found):
        scores[_section_of(reading, passage)] += 1 / (SECTION_CONSTANT + rank)
    sections: dict[tuple[str, int], list[Passage]] = defaultdict(list)
    for document_id in {document_id for document_id, _ in scores}:
        for chunk in reading.collection.chunks(document_id):
            for passage in reading.collection.passages(chunk.chunk_id):
                sections[_section_of(reading, passage)].append(passage)
    return [sections[section] for section in sorted(scores, key=lambda key: -scores[key])]


def _section_of(reading: Reading, passage: Passage) -> tuple[str, int]:
    return passage.document_id, section_start(reading.collection.document(passage.document_id), passage.span)


def _near(section: list[Passage], found: list[Passage]) -> list[Passage]:
    """Return the passages of a section that search found, then those beside them, both the best first."""
    place = {passage: i for i, passage in enumerate(section)}
    hits = [place[passage] for passage in found if passage in place]
    beside = [i for hit in hits for i in (hit - 1, hit + 1) if 0 <= i < len(section)]
    return [section[i] for i in dict.fromkeys((*hits, *beside))]


def fuse(*rankings: list[Passage], constant: int = RANK_CONSTANT) -> list[Passage]:
    """Join rankings by reciprocal rank; a passage counts once in each, at its best place."""
    scores: dict[str, float] = {}
    passages: dict[str, Passage] = {}
    for ranking in rankings:
        for rank, passage in enumerate(dict.fromkeys(ranking)):
            passages[passage.passage_id] = passage
            scores[passage.passage_id] = scores.get(passage.passage_id, 0.0) + 1 / (constant + rank)
    return sorted(passages.values(), key=lambda passage: -scores[passage.passage_id])
