"""English function words and weak nouns, and the check whether a text is English."""

import re

FUNCTION_WORDS = frozenset(
    """
    a about above after again against all almost also although always am among an and another any anyone anything
    are around as at away back be became because been before being below between both but by can cannot could did do
    does doing done down during each either else even ever every everyone everything few first for former from further
    get go had has have he her here hers herself him himself his how however i if in instead into is it its itself just
    last least less let like many may me might mine more most much must my myself near neither never next no nobody none
    nor not nothing now of off often on once one only onto or other others our ours ourselves out over own per perhaps
    quite rather said same say says second see seem seemed she should since so some somebody someone something still
    such than that the their theirs them themselves then there therefore these they third this those though through
    throughout thus to together too toward towards two under until up upon us used using very via was we well were what
    whatever when where whereas whether which while who whoever whole whom whose why will with within without would yes
    yet you your yours yourself
    """.split()
)
"""Words that name nothing; no key element consists of them alone."""

WEAK_NOUNS = frozenset(
    """
    thing things way ways lot lots kind kinds sort sorts bit part parts number numbers amount amounts example examples
    case cases fact facts time times year years day days week weeks month months moment today yesterday tomorrow
    people person man woman place end side one ones rest result results use matter something anything nothing everything
    mr mrs ms dr item items note notes page table figure section chapter total following order turn contrast range set
    addition basis account terms reason name pair abroad
    """.split()
)
"""Nouns that name too little to be a key element of their own."""

WEAK_ADJECTIVES = frozenset(
    """
    new various several different certain additional recent current available important significant great good large
    small big little long short high low old young late early main major able due similar possible likely general
    specific particular full own real entire potential broader key overall past previous subsequent numerous common
    further wide
    """.split()
)
"""Adjectives that tell no two things of a kind apart; a key element does not begin with one."""

_WORD = re.compile(r"[^\W\d_]+")
_TELLING = frozenset("the of and to that for with as by from this were which are have it be not or you his but".split())
_MIN_TELLING_SHARE = 0.08
_SAMPLE_CHARS = 20_000


def is_english(text: str) -> bool:
    """Tell whether a text reads as English: by the share of words that no other language uses this often."""
    words = _WORD.findall(text[:_SAMPLE_CHARS].lower())
    return sum(word in _TELLING for word in words) >= _MIN_TELLING_SHARE * max(len(words), 1)
