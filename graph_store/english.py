"""English function words and weak nouns, and the check whether a text is English."""

import re

FUNCTION_WORDS = frozenset(
    """a about above after again against all almost also although always am among an and another any anyone anything
    are around as at away back be became because been before being below between both but by can cannot could did do
    does doing done down during each either else even ever every everyone everything few first for former from further
    get go had has have he her here hers herself him himself his how however i if in instead into is it its itself just
    last least less let like many may me might mine more most much must my myself near neither never next no nobody none
    nor not nothing now of off often on once one only onto or other others our ours ourselves out over own per perhaps
    quite rather said same say says second see seem seemed she should since so some someone something still such than
    that the their theirs them themselves then there therefore these they third this those though through throughout thus
    to together too toward towards two under until up upon us used using very via was we well were what whatever when
    where whereas whether which while who whoever whole whom whose why will with within without would yes yet you your
    yours yourself""".split()
)
"""Words that name nothing; no key element consists of them alone."""

WEAK_NOUNS = frozenset(
    """thing things way ways lot lots kind kinds sort sorts bit part parts number numbers amount amounts example examples
    case cases fact facts time times year years day days week weeks month months moment today yesterday tomorrow
    people person man woman place end side one ones rest result results use matter something anything nothing everything
    mr mrs ms dr item items note notes page table figure section chapter total following""".split()
)
"""Nouns that name too little to be a key element of their own."""

_WORD = re.compile(r"[^\W\d_]+")
_TELLING = frozenset("the of and to that for with as by from this were which are have it be not or you his but".split())
_MIN_TELLING_SHARE = 0.08


def is_english(text: str) -> bool:
    """Tell whether a text reads as English: by the share of words that only English uses this often."""
    words = _WORD.findall(text[:20_000].lower())
    if not words or not all(word.isascii() for word in words[:200:20]):
        return bool(words) and _telling_share(words) >= _MIN_TELLING_SHARE
    return _telling_share(words) >= _MIN_TELLING_SHARE


def _telling_share(words: list[str]) -> float:
    return sum(word in _TELLING for word in words) / len(words)
