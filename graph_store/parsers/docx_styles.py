"""What a Word document's styles and numberings say of a paragraph: heading level, list marker. Reads no text."""

import re
from dataclasses import dataclass, field

from .list_number import list_number
from .xml_tree import Element, attribute, child, children

_HEADING_NAME = re.compile(r"heading (\d)$", re.IGNORECASE)
_CONTENTS_NAME = re.compile(r"(?:toc|table of figures)\b(?! heading)", re.IGNORECASE)
_LEVEL_NUMBER = re.compile(r"%(\d)")
_FORMATS = {"lowerLetter": "a", "upperLetter": "A", "lowerRoman": "i", "upperRoman": "I", "decimalZero": "01"}
_BODY_LEVEL = 9
_MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class ListPlace:
    """A paragraph's place in a list: the numbering it belongs to and its depth from 0."""

    numbering: str
    depth: int


class Styles:
    """The paragraph styles by id."""

    def __init__(self, root: Element | None) -> None:
        self._styles = {attribute(style, "w:styleId"): style for style in children(root, "w:style")}

    def heading_level(self, properties: Element | None) -> int:
        """Return a paragraph's heading level from 1, or 0."""
        name = self._name(properties)
        if name.lower() == "title":
            return 1
        if named := _HEADING_NAME.match(name):
            return int(named[1])
        for source in self._sources(properties):
            level = attribute_of(source, "w:outlineLvl")
            if level.isdecimal():
                return int(level) + 1 if int(level) < _BODY_LEVEL else 0
        return 0

    def is_contents(self, properties: Element | None) -> bool:
        """Tell whether a paragraph is a line of a table of contents."""
        return bool(_CONTENTS_NAME.match(self._name(properties)))

    def list_place(self, properties: Element | None) -> ListPlace | None:
        """Return where in a list a paragraph is, or nothing."""
        numbering = depth = ""
        for source in self._sources(properties):
            numbers = child(source, "w:numPr")
            numbering = numbering or attribute_of(numbers, "w:numId")
            depth = depth or attribute_of(numbers, "w:ilvl")
        if not numbering or numbering == "0":
            return None
        return ListPlace(numbering, min(int(depth), 8) if depth.isdecimal() else 0)

    def _name(self, properties: Element | None) -> str:
        style = attribute_of(properties, "w:pStyle")
        return attribute_of(self._styles.get(style), "w:name") or style

    def _sources(self, properties: Element | None) -> list[Element]:
        """Return the paragraph's own properties, then those of its style and of the styles that it is based on."""
        sources = [] if properties is None else [properties]
        style_id = attribute_of(properties, "w:pStyle")
        for _ in range(_MAX_DEPTH):
            style = self._styles.get(style_id)
            if style is None:
                break
            own = child(style, "w:pPr")
            sources.extend([] if own is None else [own])
            style_id = attribute_of(style, "w:basedOn")
        return sources


@dataclass(slots=True)
class _Level:
    format: str = "bullet"
    text: str = ""
    start: int = 1


@dataclass(slots=True)
class _List:
    levels: dict[int, _Level] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)


class Numberings:
    """Counts the items of a document's lists, as they come, and writes their markers."""

    def __init__(self, root: Element | None) -> None:
        abstract = {attribute(node, "w:abstractNumId"): node for node in children(root, "w:abstractNum")}
        shared: dict[str, _List] = {key: _List(_levels(node)) for key, node in abstract.items()}
        self._lists: dict[str, _List] = {}
        for node in children(root, "w:num"):
            base = shared.get(attribute_of(node, "w:abstractNumId"), _List())
            overrides = {
                level: start
                for override in children(node, "w:lvlOverride")
                if (level := attribute(override, "w:ilvl")).isdecimal()
                and (start := attribute_of(override, "w:startOverride")).isdecimal()
            }
            self._lists[attribute(node, "w:numId")] = _overridden(base, overrides) if overrides else base

    def marker(self, place: ListPlace) -> str:
        """Count the next item at a place and return its marker: "-" for a bullet, "" where none is shown."""
        numbered = self._lists.get(place.numbering, _List())
        level = numbered.levels.get(place.depth, _Level())
        counts = numbered.counts
        counts[place.depth] = counts.get(place.depth, level.start - 1) + 1
        for deeper in [depth for depth in counts if depth > place.depth]:
            del counts[deeper]
        if level.format == "bullet":
            return "-"
        if level.format == "none":
            return ""
        return _LEVEL_NUMBER.sub(lambda found: _shown(numbered, int(found[1]) - 1), level.text).strip()


def attribute_of(element: Element | None, child_name: str) -> str:
    """Return the value (``w:val``) of a child, or nothing."""
    node = child(element, child_name)
    return "" if node is None else attribute(node, "w:val")


def _levels(abstract: Element) -> dict[int, _Level]:
    levels: dict[int, _Level] = {}
    for node in children(abstract, "w:lvl"):
        depth, start = attribute(node, "w:ilvl"), attribute_of(node, "w:start")
        if depth.isdecimal():
            levels[int(depth)] = _Level(
                attribute_of(node, "w:numFmt") or "decimal",
                attribute_of(node, "w:lvlText"),
                int(start) if start.isdecimal() else 1,
            )
    return levels


def _overridden(base: _List, starts: dict[str, str]) -> _List:
    levels = {depth: _Level(level.format, level.text, level.start) for depth, level in base.levels.items()}
    for depth, start in starts.items():
        levels.setdefault(int(depth), _Level()).start = int(start)
    return _List(levels)


def _shown(numbered: _List, depth: int) -> str:
    level = numbered.levels.get(depth, _Level("decimal"))
    return list_number(numbered.counts.get(depth, level.start), _FORMATS.get(level.format, "1"))
