"""Which key elements of one document are the same though written differently: persons and written variants.

Computed once, when a document's notes are complete, and stored with it (merge_rows.py): opening a collection embeds
nothing, and deleting the document takes its merges along. What every document writes alike is key_element.py;
abbreviations are abbreviation.py.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from .key_element import normalise
from .note import AtomicFact
from .surname import surnames
from .variant import variants

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def merged_keys(facts: Iterable[AtomicFact], embed: "Callable[[list[str]], NDArray[np.float32]]") -> dict[str, str]:
    """Map keys of a document to the key whose node they belong to.

    Args:
        facts: all facts of one document.
        embed: turns texts into unit vectors, a row each.

    Returns:
        No value is also a key. It depends on the facts alone, not on their order.

    Source:
        GraphReader, arXiv 2406.14550, section 3.2, after InsTag (arXiv 2308.07074, section 3.2): its semantic
        aggregation. Different: a pair must be alike by its form as well, and only within a document, so that
        documents come and go without changing each other's nodes.
    """
    known = list(facts)
    forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for fact in known:
        for written in fact.key_elements:
            if key := normalise(written):
                forms[key][written] += 1
    people = surnames((form for counts in forms.values() for form in counts), (fact.text for fact in known))
    names = {key: min(counts, key=lambda form: (-counts[form], form)) for key, counts in forms.items()}
    near = variants({key: name for key, name in names.items() if key not in people}, embed)
    return {key: near.get(full, full) for key, full in people.items()} | near
