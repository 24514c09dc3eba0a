"""The original files, each stored once under the hash of its bytes. Which document has which is documents.py."""

import os
from collections.abc import Iterator
from pathlib import Path


class Files:
    """A folder of content-addressed files: ``<folder>/<first two of the hash>/<hash>``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, content_hash: str) -> Path:
        """Return where the file of this hash lies, if it is stored."""
        return self._folder / content_hash[:2] / content_hash

    def save(self, content_hash: str, data: bytes) -> None:
        """Store the bytes. The file appears whole or not at all."""
        path = self.path(content_hash)
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".part")
        with partial.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)

    def delete(self, content_hash: str) -> None:
        """Remove the file, if it is there."""
        self.path(content_hash).unlink(missing_ok=True)

    def keep_only(self, content_hashes: set[str]) -> None:
        """Remove every other file: what a process that was killed left between file and row."""
        for path in self._stored():
            if path.name not in content_hashes:
                path.unlink()

    def _stored(self) -> Iterator[Path]:
        return (path for path in self._folder.glob("*/*") if path.is_file())
