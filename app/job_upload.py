"""Uploads on this machine's disk: received, waiting, or lent to be read. What no job keeps goes at the next start."""

import hashlib
import secrets
from collections.abc import Callable
from pathlib import Path

from ..graph_store.errors import StoreError


class UploadFolder:
    """The uploads in a data folder.

    Args:
        folder: the data folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "uploads"

    def open(self, keeps: Callable[[str], bool]) -> None:
        """Make the folder if it is missing, and remove the files that are not to be kept, by their names.

        Raises:
            StoreError: the folder cannot be used.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for upload in self._folder.iterdir():
                if not keeps(upload.name):
                    upload.unlink()
        except OSError as error:
            hint = "Check that the data folder can be written and that its disk has space."
            raise StoreError(f"{self._folder}: {error}", hint=hint, path=self._folder) from error

    def new(self) -> Path:
        """Return where an upload may be written to, before it is a job's. An orphan is removed at the next start."""
        return self._folder / f"incoming-{secrets.token_hex(12)}"

    def path(self, name: str) -> Path:
        """Return where the upload of this name is, if it is there."""
        return self._folder / name


def fingerprint(path: Path) -> tuple[int, str]:
    """Return a file's size in bytes and its content hash, as `content_hash` gives it for bytes."""
    with path.open("rb") as file:
        hash_ = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), hash_


def discard(upload: Path) -> None:
    """Remove an upload that becomes no job's, if it is still there."""
    upload.unlink(missing_ok=True)
