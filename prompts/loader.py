"""Loads prompts: Markdown files with front matter and Jinja sections. Owns their form, not their words.

A prompt file starts with YAML front matter (``version``, ``source``, ``variables``, ``output``) and then holds
sections, each opened by a line ``<!-- system -->``, ``<!-- user -->`` or ``<!-- assistant -->``; a section becomes
one message. A variable that is missing or unknown is an error, never an empty string.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template

_PACKAGE = __name__.rpartition(".")[0]
_SECTION = re.compile(r"^<!-- (system|user|assistant) -->\n", re.MULTILINE)
_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A loaded prompt.

    ``output`` names the pydantic model of the reply, or is empty for free text. ``digest`` identifies the
    template's words: it goes into traces, so that an answer can be tied to the prompts that made it.
    """

    name: str
    version: int
    source: str
    variables: frozenset[str]
    output: str
    digest: str
    sections: tuple[tuple[str, "Template"], ...]

    def render(self, **values: object) -> tuple[tuple[str, str], ...]:
        """Return the messages as (role, content) pairs.

        Raises:
            TypeError: a declared variable is missing, or an undeclared one is given.
        """
        if values.keys() != self.variables:
            wrong = sorted(values.keys() ^ self.variables)
            raise TypeError(f"prompt {self.name}: variables missing or unknown: {', '.join(wrong)}")
        return tuple((role, template.render(values).strip()) for role, template in self.sections)


@cache
def load(name: str) -> Prompt:
    """Load a prompt.

    Args:
        name: a file name without ``.md``, or ``package/name`` for a prompt of another package.

    Raises:
        FileNotFoundError: there is no such prompt.
        ValueError: the file has no front matter or no section.
    """
    # Commands that ask no model do without them.
    import yaml
    from jinja2 import Environment, StrictUndefined

    package, _, file = name.rpartition("/")
    text = (resources.files(package or _PACKAGE) / f"{file}.md").read_text(encoding="utf-8")
    front = _FRONT_MATTER.match(text)
    parts = _SECTION.split(text[front.end() :]) if front else []
    if front is None or len(parts) < 3:
        raise ValueError(f"prompt {name}: needs front matter and at least one section")
    fields = yaml.safe_load(front.group(1))
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)
    sections = zip(parts[1::2], parts[2::2], strict=True)
    return Prompt(
        name=name,
        version=int(fields["version"]),
        source=fields["source"],
        variables=frozenset(fields["variables"]),
        output=fields["output"] or "",
        digest=hashlib.sha256(text.encode()).hexdigest()[:12],
        sections=tuple((role, environment.from_string(body)) for role, body in sections),
    )


def names() -> list[str]:
    """Return the names of all prompts, sorted."""
    files = (item.name for item in resources.files(_PACKAGE).iterdir())
    return sorted(name.removesuffix(".md") for name in files if name.endswith(".md"))
