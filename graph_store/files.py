"""The original files, each stored once under the hash of its bytes. Which document has which is documents.py."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .document import content_hash
from .errors import StoreError


class Files:
    """A folder of content-addressed files: ``<folder>/<first two of the hash>/<hash>``.

    ``changing`` is held while a file and its row are stored or removed together, and while a backup copies both: so no
    row is without its file.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.changing = threading.Lock()

    def path(self, content_hash: str) -> Path:
        """Return where the file of this hash lies, if it is stored."""
        return self._folder / content_hash[:2] / content_hash

    def save(self, content_hash: str, data: bytes) -> bool:
        """Store the bytes and tell whether they were new. The file appears whole or not at all.

        Raises:
            StoreError: the disk is full, or the folder cannot be written.
        """
        path = self.path(content_hash)
        if path.exists():
            return False
        partial = path.with_suffix(".part")
        with self._errors_mapped():
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with partial.open("wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                partial.replace(path)
            except OSError:
                # No document will tell of it, so nobody could delete it; and a full disk needs the room.
                partial.unlink(missing_ok=True)
                raise
        return True

    def delete(self, content_hashes: set[str]) -> None:
        """Remove these files, so far as they are there.

        Raises:
            StoreError: one of them cannot be removed.
        """
        with self._errors_mapped():
            for content_hash_ in content_hashes:
                self.path(content_hash_).unlink(missing_ok=True)

    def keep_only(self, content_hashes: set[str]) -> int:
        """Remove every other file and return how many those were.

        Raises:
            StoreError: one of them cannot be removed.
        """
        with self._errors_mapped():
            others = [path for path in self._stored() if path.name not in content_hashes]
            for path in others:
                path.unlink()
        return len(others)

    def hashes(self) -> set[str]:
        """Return the hashes of what is stored."""
        return {path.name for path in self._stored() if not path.suffix}

    def is_sound(self, content_hash_: str) -> bool:
        """Tell whether the file is there and still has the bytes that it is named after."""
        path = self.path(content_hash_)
        return path.exists() and content_hash(path.read_bytes()) == content_hash_

    def _stored(self) -> Iterator[Path]:
        return (path for path in self._folder.glob("*/*") if path.is_file())

    @contextmanager
    def _errors_mapped(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            hint = "Check that the data folder can be written and that its disk has space; what was stored is intact."
            raise StoreError(f"{self._folder}: {error}", hint=hint, path=self._folder) from error
