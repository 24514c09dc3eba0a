"""Writes docs/api.md from the docstrings of the public names: `make api`. A test compares the two."""

import dataclasses
import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path

import longreader
from longreader import ReaderError
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

PAGE = Path(__file__).with_name("api.md")

HEAD = """# The library

Made from the docstrings by `make api`. Everything here is imported from `longreader`:

```python
from longreader import Reader

with Reader() as reader:
    reader.add("report.pdf")
    answer = reader.ask("Who signed the contract?")
    print(answer.text, answer.citations[0].quote)
```
"""

SECTIONS = {
    "Reading": "Reader AsyncReader ReaderChat AsyncReaderChat ChatRecord TurnRecord",
    "Answers": "Answer Status Citation AnswerUsage Turn",
    "Steps and traces": "ReadingStep AnswerDelta Trace CallRecord TraceRecord",
    "Documents": "AddResult Progress NotesEstimate DocumentInfo Document Page Heading Span CollectionInfo",
    "Search, chunks, the note graph, pages": "FoundPassage ChunkView NodePage NodeLine NodeView PlacedFact Neighbor "
    "PageBoxes Box OriginalFile",
    "Upkeep": "Repaired Mended",
    "Settings": "Settings ModelSettings IngestSettings ReadingSettings BudgetSettings",
    "Models and embedders of your own": "ChatModel ModelRequest Message ModelReply TokenCounter Embedder",
}
NOTES = {
    "Settings": "What each setting means, its default and its environment variable: [settings.md](settings.md).",
    "Errors": "An error says in `hint` what to do next; `code` is stable, `retryable` tells whether the same call may "
    "work later, `fields` holds its data. “Not enough evidence” is an answer's status, not an error.",
}

_MODULES = re.compile(r"\b(?:[a-z_]\w*\.)+(?=[A-Za-z_])")
_BLOCK = re.compile(r"^(Args|Attributes|Returns|Raises|Source|Complexity):\s*(.*)$")
_ITEM = re.compile(r"^ {4}(\w[\w, ]*): (.*)$")
_ITEMISED = ("Args", "Attributes", "Raises")
_OPTIONAL = re.compile(r"Optional\[(Literal\[[^\]]*\])\]")
_ARRAY = re.compile(r"ndarray\[.*dtype\[(\w+)\]\]")
_SEE = re.compile(r"see `(\w+)\.(\w+)`")


def page() -> str:
    """Return the text of docs/api.md."""
    parts = [HEAD]
    for title, names in SECTIONS.items():
        parts += [f"## {title}\n", *([NOTES[title] + "\n"] if title in NOTES else [])]
        parts += [_class(getattr(longreader, name)) for name in names.split()]
    parts += ["## Errors\n", NOTES["Errors"] + "\n", "\n".join(_errors(ReaderError)) + "\n"]
    return "\n".join(parts)


def _class(made: type) -> str:
    lines = [f"### {made.__name__}\n", _text(inspect.getdoc(made) or "")]
    if fields := list(_fields(made)):
        lines += ["```python", f"class {made.__name__}:", *(f"    {field}" for field in fields), "```\n"]
    lines += [_method(made.__name__, name, member) for name, member in _methods(made)]
    return "\n".join(lines)


def _methods(made: type) -> Iterator[tuple[str, object]]:
    """Yield the public methods and properties of the class and its parts; a settings class has none to call."""
    if issubclass(made, BaseModel):
        return
    if "__init__" in vars(made) and not dataclasses.is_dataclass(made) and made.__name__.endswith("Reader"):
        yield "__init__", vars(made)["__init__"]
    for owner in owners(made):
        for name, member in vars(owner).items():
            if not name.startswith("_") and (callable(member) or isinstance(member, property)):
                yield name, member


def owners(made: type) -> Iterator[type]:
    """Yield a class and what it is put together from: its bases in this package that are not public themselves."""
    yield made
    for base in made.__mro__[1:]:
        if base.__module__.startswith("longreader.") and base.__name__ not in longreader.__all__:
            yield base


def _method(owner: str, name: str, member: object) -> str:
    if name == "__init__":
        return f"```python\n{_signature(owner, member, '')}\n```\n"
    if isinstance(member, property):
        signature = f"{name}: {_annotation(inspect.signature(member.fget).return_annotation)}"
    else:
        signature = _signature(name, member, "async " if _is_async(member) else "")
    return f"#### {owner}.{name}\n\n```python\n{signature}\n```\n\n{_text(inspect.getdoc(member) or '')}"


def _is_async(member: object) -> bool:
    return inspect.iscoroutinefunction(member)


def _signature(name: str, member: object, prefix: str) -> str:
    """Return a signature on one line, or with an argument a line where that is too long."""
    signature = inspect.signature(member)
    arguments: list[str] = []
    parameters = [one for one in signature.parameters.values() if one.name != "self"]
    for parameter in parameters:
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in arguments:
            arguments.append("*")
        default = "" if parameter.default is parameter.empty else f" = {_literal(parameter.default)}"
        arguments.append(f"{parameter.name}: {_annotation(parameter.annotation)}{default}")
    returns = signature.return_annotation
    end = "" if returns in (None, signature.empty) else f" -> {_annotation(returns)}"
    line = f"{prefix}{name}({', '.join(arguments)}){end}"
    if len(line) <= 100:
        return line
    return "\n".join([f"{prefix}{name}(", *(f"    {argument}," for argument in arguments), f"){end}"])


def _annotation(annotation: object) -> str:
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    short = _OPTIONAL.sub(r"\1 | None", _MODULES.sub("", text))
    return _ARRAY.sub(r"NDArray[\1]", short).replace("'", '"')


def _fields(made: type) -> Iterator[str]:
    if issubclass(made, BaseModel):
        for name, field in made.model_fields.items():
            default = "" if field.default is PydanticUndefined else f" = {_literal(field.default)}"
            yield f"{name}: {_annotation(field.annotation)}{_default(default)}"
    elif dataclasses.is_dataclass(made):
        for field in dataclasses.fields(made):
            default = "" if field.default is dataclasses.MISSING else f" = {_literal(field.default)}"
            yield f"{field.name}: {_annotation(field.type)}{default}"
    elif issubclass(made, str):
        yield from (f"{member.name} = {_literal(member.value)}" for member in made)
    elif not callable(made) or getattr(made, "_is_protocol", False):
        yield from (f"{name}: {_annotation(kind)}" for name, kind in inspect.get_annotations(made).items())


def _literal(value: object) -> str:
    """Write a default as the formatter would: texts in double quotes."""
    return json.dumps(str(value), ensure_ascii=False) if isinstance(value, str) else repr(value)


def _default(default: str) -> str:
    return default if "(" not in default else " = …"


def _text(docstring: str) -> str:
    """Return a docstring as Markdown: its blocks become lists, its examples code."""
    lines: list[str] = []
    example, block = False, ""
    for line in _linked(docstring.replace("``", "`")).splitlines():
        if line.startswith((">>> ", "... ")):
            lines += [] if example else ["```python"]
            lines.append(line[4:].partition("# doctest:")[0].rstrip())
            example = True
            continue
        if example:
            lines.append("```")
            example = False
        if head := _BLOCK.match(line):
            block = head[1]
            lines += [f"**{block}** {head[2]}".rstrip(), ""]
        elif block in _ITEMISED and (item := _ITEM.match(line)):
            names = ", ".join(f"`{name}`" for name in item[1].split(", "))
            lines.append(f"- {names}: {item[2]}")
        elif block and line and not line.startswith(" "):
            lines += ["", line]
            block = ""
        else:
            lines.append(f"  {line.strip()}" if line.startswith(" " * 8) else line.strip())
    return "\n".join([*lines, *(["```"] if example else []), ""])


def _linked(text: str) -> str:
    return _SEE.sub(lambda found: f"see [{found[1]}.{found[2]}](#{found[1].lower()}{found[2]})", text)


def _errors(kind: type[ReaderError], depth: int = 0) -> Iterator[str]:
    """Yield the tree of errors, a line each."""
    again = ", retryable" if kind.retryable else ""
    told = " ".join((inspect.getdoc(kind) or "").split()).replace("``", "`")
    yield f"{'  ' * depth}- `{kind.__name__}` (`{kind.code}`{again}): {told}"
    for name in longreader.__all__:
        one = getattr(longreader, name)
        if isinstance(one, type) and kind in one.__bases__:
            yield from _errors(one, depth + 1)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
