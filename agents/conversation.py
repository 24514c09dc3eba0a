"""Conversations, such as a meeting written down word for word: who speaks, and what each of them says."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from .support import content_words, stands_in, stems

_SPEAKER = re.compile(r"\s*(?P<name>[A-Z][\w .'’-]{0,40}):\s")
# Of what a sentence says of a speaker so much stands in that speaker's own turns.
OWN_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Conversation:
    """What each speaker says: names, lower case, to the stems of their words."""

    said: dict[str, set[str]]

    def is_said_by_named(self, sentence: str) -> bool:
        """Tell whether half of a sentence's words stand in the turns of the speakers whom it names, if it names any."""
        folded = sentence.casefold()
        named = [name for name in self.said if stands_in(name, folded)]
        rest = stems(content_words(sentence)) - stems(content_words(" ".join(named)))
        if not named or not rest:
            return True
        own = set().union(*(self.said[name] for name in named))
        return len(rest & own) >= OWN_SHARE * len(rest)


def conversation_of(texts: Iterable[str]) -> Conversation | None:
    """Return the conversation that texts hold; None where they hold none.

    They do if most of their lines begin with who speaks ("Ada Lund: …") and speakers come back: headings and the fields
    of a form ("Article 1: …") stand once.
    """
    said: defaultdict[str, set[str]] = defaultdict(set)
    line_count = turn_count = 0
    for text in texts:
        speaker = ""
        for line in filter(str.strip, text.splitlines()):
            line_count += 1
            if found := _SPEAKER.match(line):
                turn_count += 1
                speaker, line = found["name"].casefold(), line[found.end() :]
            if speaker:
                said[speaker] |= stems(content_words(line))
    is_talk = 2 * turn_count > line_count and 2 * len(said) <= turn_count
    return Conversation(dict(said)) if is_talk else None
