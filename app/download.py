"""What the two ways of fetching weights share: the progress callback and the error that switches ways."""

from typing import Protocol


class Progress(Protocol):
    """Is told how far a download is. ``total_bytes`` is 0 while unknown."""

    def __call__(self, done_bytes: int, total_bytes: int, source: str, /) -> None:
        """Show it."""
        ...


class HubUnreachable(Exception):
    """The hub did not answer at all: another source may be tried. Never leaves ``weights``."""
