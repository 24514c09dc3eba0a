"""The running text of a JATS element: formulas, raised figures, names and references as a reader would see them."""

import re
from collections.abc import Iterator
from html.entities import html5
from typing import TypeAlias

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]  (lxml ships no types)

from .decoding import clean

Element: TypeAlias = etree._Element

_NOT_SHOWN = frozenset({"graphic", "inline-graphic", "media", "object-id", "index-term", "alt-text", "xref-target"})
_TEX_BODY = re.compile(r"\\begin\{document\}(.*?)\\end\{document\}", re.DOTALL)
_ROLES = frozenset({"name", "string-name", "collab"})


def local_name(node: Element) -> str:
    """Return an element's name without its namespace; nothing for what is no element."""
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def children(node: Element, *names: str) -> Iterator[Element]:
    """Yield the child elements of these names."""
    return (child for child in node if local_name(child) in names)


def descendants(node: Element, name: str) -> Iterator[Element]:
    """Yield the elements of a name below a node, in document order."""
    return node.iterdescendants(f"{{*}}{name}")


def first(node: Element, *path: str) -> Element | None:
    """Return the element at the end of a path of names, None if there is none."""
    found: Element | None = node
    for name in path:
        found = next(children(found, name), None) if found is not None else None
    return found


def text_of(node: Element | None) -> str:
    """Return the text inside an element, its white space folded."""
    return "" if node is None else " ".join("".join(_strings(node)).split())


def text_pieces(node: Element, blocks: frozenset[str]) -> Iterator["str | Element"]:
    """Yield the text inside an element, and the children that are blocks of their own where they stand in it."""
    before = clean(node.text or "")
    yield before
    for child in node:
        if local_name(child) in blocks:
            yield child
        else:
            yield "".join(_shown(child, before))
        before = clean(child.tail or "")
        yield before


def person(node: Element) -> str:
    """Return the name of a contributor or author, the given name first."""
    name = first(node, "name")
    if name is None:
        name = first(node, "name-alternatives", "name")
    if name is not None:
        return " ".join(filter(None, (text_of(first(name, part)) for part in ("given-names", "surname"))))
    return text_of(first(node, "string-name")) or text_of(first(node, "collab"))


def reference(node: Element) -> str:
    """Return an entry of the list of references as a line, its number first."""
    label = text_of(first(node, "label")).strip("[]().")
    cited = [_citation(part) for part in node if local_name(part) not in {"label", ""}]
    return " ".join(filter(None, [label and f"{label}.", *cited]))


def _citation(node: Element) -> str:
    if local_name(node) != "element-citation":
        return text_of(node)
    # Here the punctuation is left to the reader: only the parts are there.
    people = [
        _cited_name(name) for group in (node, *children(node, "person-group")) for name in children(group, *_ROLES)
    ]
    parts = [text_of(part) for part in node if local_name(part) not in {*_ROLES, "person-group", ""}]
    return ". ".join(filter(None, [", ".join(people), *(part.rstrip(".") for part in parts)])) + "."


def _cited_name(node: Element) -> str:
    if local_name(node) != "name":
        return text_of(node)
    return " ".join(filter(None, (text_of(first(node, part)) for part in ("surname", "given-names", "suffix"))))


def _strings(node: Element) -> Iterator[str]:
    before = clean(node.text or "")
    yield before
    for child in node:
        for piece in _shown(child, before):
            before = piece or before
            yield piece
        before = clean(child.tail or "") or before
        yield clean(child.tail or "")


def _shown(node: Element, before: str) -> Iterator[str]:
    """Yield what is seen of an inline element; ``before`` is the text it stands behind."""
    name = local_name(node)
    if isinstance(node, etree._Entity):
        yield html5.get(f"{node.name};", node.text or "")
    elif not name or name in _NOT_SHOWN or (name == "tex-math" and _has_math(node.getparent())):
        return
    elif name == "tex-math":
        tex = "".join(_strings(node))
        body = _TEX_BODY.search(tex)
        yield (body[1] if body else tex).strip("$ ")
    elif name == "sup" and before[-1:].isdigit() and first(node, "xref") is None:
        yield f"^{text_of(node)}"
    elif name == "sup" and first(node, "xref") is not None:
        yield f"[{text_of(node).strip('[]')}]"
    elif name == "name":
        yield _cited_name(node)
    elif name in {"break", "list-item", "p", "def", "term", "title", "td", "th", "mtr"}:
        yield f" {text_of(node)} "
    else:
        yield from _strings(node)


def _has_math(node: Element | None) -> bool:
    return node is not None and next(descendants(node, "math"), None) is not None
