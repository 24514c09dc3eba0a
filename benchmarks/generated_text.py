"""English-like reports of any length, the same for the same seed: headings, paragraphs, names that come back.

Owns the text only. Made so that its notes are like those of real reports: about one fact in 20 words, six key
elements a fact, one node in seven words, a few names in many facts and many in one.
"""

import random
from collections.abc import Iterator

_SYLLABLES = (
    "al an ber bran cor dal der el fen gar hal hol is jor kel lan lin mar mel nor ost per ral ros sel tam tor ul van "
    "wes bel cam dun eck fos gil hem ing kir lor mon nim ors pen quin rud stav thor urs vil win yar zel"
).split()
_PLACE_ENDS = "bury by dale fell field ford ham haven holm mouth port stead ton wick".split()
_FIRST_NAMES = (
    "Ada Arthur Beatrice Carl Clara David Edith Elias Emma Felix Frida George Grace Hanna Henry Ida Irene Jakob Julia "
    "Karin Leo Lucy Martin Maud Nora Oscar Paul Rosa Samuel Sofia Thomas Ursula Victor Wanda Walter"
).split()
_FIRMS = "Bank Brewery College Council Foundry Institute Museum Press Railway Shipyard Society Trust".split()
_ADJECTIVES = (
    "annual northern southern public private coastal municipal industrial temporary permanent technical financial "
    "agricultural seasonal narrow deep early later local regional national wooden electric mechanical central "
    "experimental joint medical maritime modern rural urban steady sudden upper lower double heavy light"
).split()
_NOUNS = (
    "harbour budget school hospital bridge railway tunnel archive library market survey report grain timber copper "
    "salt cloth storm flood winter drainage lighthouse ferry quarry mill engine boiler pump cable signal workshop "
    "warehouse tariff levy charter inspection committee wage strike pension insurance census orchard vineyard fishery "
    "reservoir canal turbine observatory laboratory vaccine epidemic clinic nursery festival choir theatre newspaper "
    "printing telegraph postage customs tax debt bond dividend shipment cargo convoy garrison fortress monastery "
    "chapel parish estate tenant drought harvest pasture cattle wool dairy glass brick cement steel"
).split()
_SECOND_NOUNS = (
    "account agreement capacity committee company contract cost dispute extension fund inspector law manager office "
    "plan policy price programme project rate record reform repair report scheme service survey system trade worker"
).split()
_VERBS = (
    "approved opened repaired sold inspected described closed financed measured visited expanded rejected managed "
    "replaced criticised designed completed purchased restored recorded"
).split()
_TIMES = ("In the spring of {year}", "In {year}", "Two years later", "By {year}", "After the {noun} of {year}", "Later")
_CLOSINGS = (
    "at a cost of {money} crowns",
    "although the {noun} was {adjective}",
    "and {money} people worked there",
    "because of the {phrase}",
    "with the help of {name}",
    "near {place}",
)
_HEADING_WORDS = 400
_PARAGRAPH_SENTENCES = (3, 7)


class _Writer:
    """Writes sentences about a cast of names of which the first come back often."""

    def __init__(self, seed: int, word_count: int) -> None:
        self._random = random.Random(seed)
        size = 40 + word_count // 250
        self._people = [f"{self._random.choice(_FIRST_NAMES)} {self._coined()}" for _ in range(size)]
        self._places = [self._coined(self._random.choice(_PLACE_ENDS)) for _ in range(size // 2)]
        self._firms = [f"{self._often(self._places)} {self._random.choice(_FIRMS)}" for _ in range(size // 2)]

    def heading(self) -> str:
        """Return a heading's words."""
        return f"The {self._noun_phrase()} of {self._often(self._places)}"

    def paragraph(self) -> str:
        """Return a few sentences."""
        return " ".join(self._sentence() for _ in range(self._random.randint(*_PARAGRAPH_SENTENCES)))

    def _sentence(self) -> str:
        opening = self._filled(self._random.choice(_TIMES))
        closing = self._filled(self._random.choice(_CLOSINGS))
        verb = self._random.choice(_VERBS)
        return f"{opening} {self._name()} {verb} the {self._noun_phrase()} and the {self._noun_phrase()} {closing}."

    def _filled(self, pattern: str) -> str:
        return pattern.format(
            year=self._random.randint(1780, 1999),
            money=f"{self._random.randint(2, 9_000):,}",
            noun=self._random.choice(_NOUNS),
            adjective=self._random.choice(_ADJECTIVES),
            phrase=self._noun_phrase(),
            name=self._name(),
            place=self._often(self._places),
        )

    def _noun_phrase(self) -> str:
        words = [self._random.choice(_NOUNS), self._random.choice(_SECOND_NOUNS)]
        return " ".join([self._random.choice(_ADJECTIVES), *words] if self._random.random() < 0.8 else words)

    def _name(self) -> str:
        return self._often(self._random.choice((self._people, self._people, self._firms)))

    def _often(self, names: list[str]) -> str:
        """Return one of the names; the earlier, the likelier."""
        return names[int(len(names) * self._random.random() ** 3)]

    def _coined(self, end: str = "") -> str:
        syllables = [self._random.choice(_SYLLABLES) for _ in range(1 if end else 2)]
        return ("".join(syllables) + end).capitalize()


def report(word_count: int, seed: int = 1) -> str:
    """Return a report in Markdown of at least ``word_count`` words, and at most a paragraph more."""
    return "\n\n".join(_blocks(_Writer(seed, word_count), word_count))


def _blocks(writer: _Writer, word_count: int) -> Iterator[str]:
    written = section = 0
    while written < word_count:
        if written >= section * _HEADING_WORDS:
            section += 1
            block = f"## {writer.heading()}"
        else:
            block = writer.paragraph()
        written += len(block.split())
        yield block
