"""Document text in a prompt is data: this module keeps it inside its fence.

Passages are shown as numbered items. Text that looks like a chat template's control token or like the opening of
another item is changed so that it cannot be one; nothing is left out.
"""

import re

_CONTROL = re.compile(r"<(?=[|｜/]|im_|start_of|end_of|s>)|\[(?=/?INST\])")
_ITEM = re.compile(r"^\s*\[(?=\d+\])", re.MULTILINE)


def fence(text: str) -> str:
    """Return document text for a prompt: control tokens broken, mimicked numbering changed, lines indented."""
    safe = _ITEM.sub("(", _CONTROL.sub(lambda found: found.group() + " ", text.strip()))
    return "\n    ".join(line.strip() for line in safe.splitlines() if line.strip())
