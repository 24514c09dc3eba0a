"""A choice between two named things by what is told of each: "Which is a weekly, The Lady or The Post?".

A small model often names the one that it reads more about. Where one sentence about one of the two has every word of
what is asked, and none about the other has, code chooses; else the model does.

Source: ours.
"""

import re
from collections.abc import Sequence

from ..graph_store.chunk import Passage
from .comparison import comparison_of, either_of
from .comparison_plan import PERSON
from .compound import is_compound
from .names import holding, is_entry
from .notebook import Finding
from .support import Sentence, content_words, sentences_of

# One word stands beside many a name.
LEAST_WORDS = 2
_OF_ANOTHER = re.compile(r"['’]s?\s|\b(?:man|woman|actor|actress|captain|star|executive)s?\b", re.IGNORECASE)
_NOT = re.compile(r"\b(?:not?|never|neither|nor|without|except)\b|n['’]t\b", re.IGNORECASE)


def is_choice(question: str) -> bool:
    """Tell whether a question leaves the choice between two named things by what is told of each.

    No look-up comes first then: "Which is a weekly, A or B?", but not "Which film has the director from Oslo, A or B?".
    """
    named = either_of(question)
    if named is None or comparison_of(question) is not None:
        return False
    asked = question.partition(named[0])[0]
    return not (PERSON.search(asked) or _OF_ANOTHER.search(asked) or is_compound(asked))


def told_of_one(question: str, passages: Sequence[tuple[Passage, str]]) -> Finding | None:
    """Return the one of two things of which alone a sentence tells all that is asked; None where code cannot choose.

    Args:
        question: one that leaves a choice.
        passages: what was found, with each passage's text.
    """
    named = either_of(question)
    asked = question.partition(named[0])[0] if named else ""
    words = content_words(asked)
    if named is None or len(words) < LEAST_WORDS or _NOT.search(asked):
        return None
    told = {name: sentence for name in named if (sentence := _telling(name, words, passages))}
    if len(told) != 1:
        return None
    [(name, sentence)] = told.items()
    return Finding(question, name, (sentence.passage.passage_id,), (sentence,))


def _telling(name: str, words: set[str], passages: Sequence[tuple[Passage, str]]) -> Sentence | None:
    """Return the first sentence about a thing that has all words."""
    for passage, text in passages:
        is_about = is_entry((name,), text)
        for sentence in sentences_of(passage, text):
            has_all = words <= content_words(sentence.text) and not _NOT.search(sentence.text)
            if has_all and (is_about or holding((name,), (sentence.text,))):
                return sentence
    return None
