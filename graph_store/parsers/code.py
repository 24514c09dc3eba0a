"""Source code to blocks, by its own structure: each function, class and method gets a heading with its full name.

Nothing of the code is left out. A heading names what follows it, so that chunks are cut between definitions and a
citation says which one it comes from.
"""

import re
from collections.abc import Iterator
from importlib import import_module
from textwrap import dedent
from typing import TYPE_CHECKING

from ..document import ParsedDocument
from .blocks import Block, assemble
from .languages import GRAMMARS

if TYPE_CHECKING:
    from tree_sitter import Node

_DEFINITION_PARTS = ("class", "function", "method", "interface", "struct", "enum", "trait", "impl", "module", "record")
_DEFINITION_ENDS = ("_definition", "_declaration", "_item", "_specifier")
# fmt: off
_DEFINITIONS = frozenset({
    "class", "module", "method", "singleton_method", "namespace_definition", "namespace_declaration",
    "constructor_declaration", "type_declaration", "mod_item", "union_specifier", "internal_module",
})
_NO_DEFINITIONS = frozenset({"function_signature_item", "enum_variant_list", "module_declaration"})
_WRAPPERS = frozenset({
    "decorated_definition", "export_statement", "template_declaration", "linkage_specification", "preproc_ifdef",
    "preproc_if", "preproc_else", "ambient_declaration", "lexical_declaration", "variable_declaration", "ERROR",
})
_HOLDERS = ("body", "_list", "block", "program", "compound_statement", "body_statement", "expression_statement")
_NAME_FIELDS = ("name", "declarator", "type", "declaration", "definition")
# fmt: on
_IS_NAME = re.compile("identifier|^constant$|qualified_name")
_MAX_DEPTH = 5


def parse_code(text: str, title: str, media_type: str) -> ParsedDocument:
    """Read source code in the language that ``media_type`` ends in; ``title`` stays the title.

    Args:
        text: the code.
        title: of the file.
        media_type: "text/x-" and a language that has a grammar here.
    """
    from tree_sitter import Language, Parser

    module, function = GRAMMARS[media_type.removeprefix("text/x-")]
    parser = Parser(Language(getattr(import_module(module), function)()))
    source = text.expandtabs(4).encode()
    outline = _Outline(source)
    blocks = outline.read(parser.parse(source).root_node)
    return assemble(blocks, title, media_type)


class _Outline:
    """Cuts the code where definitions start and end; what lies between them is a block of its own."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._place = 0
        self._blocks: list[Block] = []

    def read(self, root: "Node") -> list[Block]:
        self._read_inside(root, [], 0)
        self._add_until(len(self._source))
        return self._blocks

    def _read_inside(self, node: "Node", names: list[str], depth: int) -> None:
        comments: list[Node] = []
        for child in node.named_children:
            found = _definition(child)
            if found is not None:
                self._read_definition(found, child, comments, names, depth)
            elif _may_hold(child):
                self._read_inside(child, names, depth)
            comments = _comments_above(comments, child)

    def _read_definition(
        self, found: "Node", outer: "Node", comments: list["Node"], names: list[str], depth: int
    ) -> None:
        start = comments[0] if comments and _follows(comments[-1], outer) else outer
        self._add_until(self._line_start(start.start_byte))
        full_names = [*names, _name(found, self._source)]
        self._blocks.append(Block(".".join(full_names), level=min(depth + 1, 6)))
        if depth < _MAX_DEPTH and _holds_definitions(found):
            self._read_inside(found, full_names, depth + 1)
        self._add_until(outer.end_byte + self._source.startswith((b";", b","), outer.end_byte))

    def _line_start(self, place: int) -> int:
        """Return where the line of a place starts, if only blanks are before it, else the place."""
        start = self._source.rfind(b"\n", 0, place) + 1
        return place if self._source[start:place].strip() else start

    def _add_until(self, end: int) -> None:
        piece = self._source[self._place : end].decode("utf-8", errors="replace")
        self._place = max(self._place, end)
        self._blocks.extend(Block(block) for block in _between_blank_lines(piece))


def _comments_above(comments: list["Node"], node: "Node") -> list["Node"]:
    """Return the run of comments that a definition after ``node`` would stand right below."""
    if "comment" not in node.type:
        return []
    return [*comments, node] if comments and _follows(comments[-1], node) else [node]


def _follows(before: "Node", node: "Node") -> bool:
    return node.start_point.row - before.end_point.row <= 1


def _between_blank_lines(code: str) -> Iterator[str]:
    """Yield the parts of a piece of code, each without the indent that all its lines share."""
    lines: list[str] = []
    for line in [*code.split("\n"), ""]:
        if line.strip():
            lines.append(line.rstrip())
        elif lines:
            yield dedent("\n".join(lines))
            lines = []


def _definition(node: "Node") -> "Node | None":
    """Return the definition that a node is or wraps."""
    if node.type in _WRAPPERS:
        inner = [found for child in node.named_children if (found := _definition(child)) is not None]
        return inner[0] if len(inner) == 1 else None
    if node.type == "variable_declarator":
        value = node.child_by_field_name("value")
        return node if value is not None and value.type in {"arrow_function", "function_expression", "class"} else None
    if node.type in _NO_DEFINITIONS:
        return None
    defines = node.type.endswith(_DEFINITION_ENDS) and any(part in node.type for part in _DEFINITION_PARTS)
    if node.type.endswith("_specifier") and node.child_by_field_name("body") is None:
        return None
    return node if defines or (node.type in _DEFINITIONS and node.is_named) else None


def _may_hold(node: "Node") -> bool:
    return node.type in _WRAPPERS or node.type.endswith(_HOLDERS)


def _holds_definitions(node: "Node") -> bool:
    """Tell whether definitions inside one get headings: those in classes and modules do, those in functions do not."""
    is_code = any(part in node.type for part in ("function", "method", "constructor", "variable_declarator"))
    return not is_code and node.type != "enum_declaration"


def _name(node: "Node", source: bytes) -> str:
    """Return the name of a definition; of an ``impl`` the type it is for."""
    if node.type == "impl_item":
        return source[node.start_byte : _body_start(node)].decode("utf-8", errors="replace").strip()
    found: Node | None = node
    while found is not None and not _IS_NAME.search(found.type):
        inner = next((part for field in _NAME_FIELDS if (part := found.child_by_field_name(field))), None)
        if inner is None:
            inner = next((child for child in found.named_children if "spec" in child.type), None)
        if inner is None:
            break
        found = inner
    named = found if found is not None and found is not node else node
    receiver = node.child_by_field_name("receiver")
    owner = source[receiver.start_byte : receiver.end_byte].strip(b"()").split()[-1:] if receiver else []
    text = source[named.start_byte : named.end_byte if named is not node else _body_start(node)]
    full = b".".join([*(part.lstrip(b"*") for part in owner), text])
    return " ".join(full.decode("utf-8", errors="replace").split())[:100] or node.type


def _body_start(node: "Node") -> int:
    body = node.child_by_field_name("body")
    return body.start_byte if body else node.end_byte
