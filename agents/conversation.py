"""Whether a text is a conversation, such as a meeting written down word for word: most lines begin with who speaks."""

import re
from collections.abc import Iterable

_SPEAKER = re.compile(r"\s*[A-Z][\w .'’-]{0,40}:\s")


def is_conversation(texts: Iterable[str]) -> bool:
    """Tell whether most lines of the texts begin with who speaks: "Ada Lund: …"."""
    lines = [line for text in texts for line in text.splitlines() if line.strip()]
    return 2 * sum(bool(_SPEAKER.match(line)) for line in lines) > len(lines)
