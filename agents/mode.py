"""The modes of reading by name. What each does is in the modules of their names; the router of `auto` is router.py."""

from typing import Literal, TypeAlias

Mode: TypeAlias = Literal["auto", "graph", "chain", "scan", "summary", "retrieve"]
