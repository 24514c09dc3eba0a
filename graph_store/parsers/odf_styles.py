"""What an OpenDocument file's styles say of a paragraph: heading level, list marker. Reads no text."""

from collections.abc import Iterable

from .list_number import list_number
from .xml_tree import Element, attribute, descendants, short_name

_MAX_DEPTH = 20


class OdfStyles:
    """The paragraph and list styles of a document's parts."""

    def __init__(self, roots: Iterable[Element]) -> None:
        self._parents: dict[str, str] = {}
        self._levels: dict[tuple[str, int], Element] = {}
        for root in roots:
            for style in descendants(root, "style:style"):
                self._parents.setdefault(attribute(style, "style:name"), attribute(style, "style:parent-style-name"))
            for style in descendants(root, "text:list-style"):
                self._add_levels(style)

    def _add_levels(self, style: Element) -> None:
        name = attribute(style, "style:name")
        for level in style:
            depth = attribute(level, "text:level")
            if depth.isdecimal():
                self._levels.setdefault((name, int(depth) - 1), level)

    def heading_level(self, paragraph: Element) -> int:
        """Return a paragraph's heading level from 1, or 0."""
        if short_name(paragraph.tag) == "text:h":
            level = attribute(paragraph, "text:outline-level")
            return int(level) if level.isdecimal() and level != "0" else 1
        style = attribute(paragraph, "text:style-name")
        for _ in range(_MAX_DEPTH):
            if not style or style == "Title":
                break
            style = self._parents.get(style, "")
        return int(style == "Title")

    def marker(self, style: str, depth: int, number: int) -> str:
        """Return an item's marker with the blank behind it: a number, "- " for a bullet, "" where none is shown."""
        level = self._levels.get((style, depth))
        if level is None or short_name(level.tag) != "text:list-level-style-number":
            return "- "
        pattern = attribute(level, "style:num-format")
        if not pattern:
            return ""
        start = attribute(level, "text:start-value")
        shown = list_number(number + (int(start) - 1 if start.isdecimal() else 0), pattern)
        return f"{attribute(level, 'style:num-prefix')}{shown}{attribute(level, 'style:num-suffix') or '.'} "
