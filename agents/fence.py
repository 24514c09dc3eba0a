"""Document text in a prompt is data: this module keeps it inside its fence.

Passages are shown as numbered items. Text that looks like a chat template's control token or like the opening of
another item is changed so that it cannot be one; nothing is left out.
"""

import re

# Every family of models has its own: <|im_end|>, </s>, <start_of_turn>, <<SYS>>, [INST], [TOOL_RESULTS], [|user|]…
_CONTROL = re.compile(r"<(?=[|｜/<A-Za-z])|\[(?=\||/?[A-Z_]{3,}\]|gMASK\])")
_ITEM = re.compile(r"^\s*\[(?=\d+\])", re.MULTILINE)


def without_control_tokens(text: str) -> str:
    """Return text in which nothing can be taken for a chat template's control token; it reads the same."""
    return _CONTROL.sub(lambda found: found.group() + " ", text)


def fence(text: str) -> str:
    """Return document text for a prompt: control tokens broken, mimicked numbering changed, lines indented."""
    safe = _ITEM.sub("(", without_control_tokens(text.strip()))
    return "\n    ".join(line.strip() for line in safe.splitlines() if line.strip())
