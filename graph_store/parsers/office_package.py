"""An Office Open XML file as parts that name each other. Owns what Word, PowerPoint and Excel files share."""

from collections.abc import Iterator

from .blocks import Block
from .decoding import clean
from .xml_tree import Element, attribute, child, descendants, short_name
from .zip_container import ZipContainer, resolve

_MAIN_PART = "officeDocument"
_BRANCHES = frozenset({"mc:Choice", "mc:Fallback"})
_RUNNING_FIELDS = frozenset({"slidenum", "datetime"})
_PROGRAMS_OWN_TITLES = frozenset({"powerpoint presentation", "presentation", "word document", "untitled", "title"})


class OfficePackage:
    """The parts of a package. A part is known by its full name in the archive."""

    def __init__(self, data: bytes) -> None:
        self.container = ZipContainer(data)
        self._targets: dict[str, dict[str, tuple[str, str]]] = {}

    def main_part(self, usual: str) -> str:
        """Return the name of the main part; ``usual`` is where it lies if the package does not say."""
        return next(iter(self.related("", _MAIN_PART)), usual)

    def related(self, part: str, kind: str) -> list[str]:
        """Return the parts that ``part`` names as its comments, slides, … (the last word of the relation's type)."""
        return [target for relation, target in self._relations(part).values() if relation == kind]

    def target(self, part: str, relation_id: str) -> str | None:
        """Return the part that ``part`` knows by an id, if it is there."""
        return self._relations(part).get(relation_id, ("", None))[1]

    def kind(self, part: str, relation_id: str) -> str:
        """Return the last word of a relation's type, or nothing."""
        return self._relations(part).get(relation_id, ("", ""))[0]

    def tree(self, part: str) -> Element:
        """Return the root of a part."""
        return self.container.tree(part)

    def title(self) -> str:
        """Return the title among the package's properties, or nothing."""
        for part in self.related("", "core-properties"):
            title = child(self.tree(part), "dc:title")
            text = "" if title is None else " ".join(clean(title.text or "").split())
            return "" if text.lower() in _PROGRAMS_OWN_TITLES else text
        return ""

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        if part not in self._targets:
            self._targets[part] = self._read_relations(part)
        return self._targets[part]

    def _read_relations(self, part: str) -> dict[str, tuple[str, str]]:
        folder, _, name = part.rpartition("/")
        listing = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
        if listing not in self.container:
            return {}
        found: dict[str, tuple[str, str]] = {}
        for relation in descendants(self.tree(listing), "rel:Relationship"):
            target = resolve(part, relation.get("Target", ""))
            if relation.get("TargetMode") != "External" and target in self.container:
                found[relation.get("Id", "")] = (relation.get("Type", "").rpartition("/")[2], target)
        return found


def chosen(element: Element) -> Element | None:
    """Return the one branch of an ``mc:AlternateContent`` that is read: the first with something in it.

    The branches say the same, once for new programs and once for old ones.
    """
    return next((branch for branch in element if short_name(branch.tag) in _BRANCHES and len(branch)), None)


def diagram_texts(package: OfficePackage, part: str, frame: Element) -> Block | None:
    """Return the texts of a SmartArt diagram as a list, or nothing where the frame holds none."""
    for ids in descendants(frame, "dgm:relIds"):
        data = package.target(part, attribute(ids, "r:dm"))
        if data:
            lines = map(paragraph_text, descendants(package.tree(data), "a:p"))
            return Block("\n".join(f"- {line}" for line in lines if line))
    return None


def paragraph_text(paragraph: Element) -> str:
    """Return the text of a paragraph of a drawing (``a:p``) as one line."""
    return " ".join(clean("".join(_pieces(paragraph))).split())


def _pieces(element: Element) -> Iterator[str]:
    for node in element:
        name = short_name(node.tag)
        if name in {"a:t", "m:t"}:
            yield node.text or ""
        elif name in {"a:br", "a:tab"}:
            yield " "
        elif name == "mc:AlternateContent":
            branch = chosen(node)
            yield from _pieces(branch) if branch is not None else ()
        elif not (name == "a:fld" and node.get("type") in _RUNNING_FIELDS):
            yield from _pieces(node)
