"""Files of one record a line, which a run appends to and the next one reads."""

import os
from pathlib import Path


def whole_lines(path: Path) -> list[str]:
    """Return a file's lines, none where there is no file. What a killed run left half-written at the end is cut off,
    so that the next line does not join it."""
    if not path.exists():
        return []
    data = path.read_bytes()
    end = data.rfind(b"\n") + 1
    if end < len(data):
        os.truncate(path, end)
    # Not splitlines: a text may hold characters that it takes for line ends.
    return data[:end].decode().split("\n")[:-1]


def append_line(path: Path, line: str) -> None:
    """Write a line at the end of a file; it and its folder are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(line + "\n")
