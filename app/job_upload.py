"""Uploads on this machine's disk: received, waiting, or lent to be read. What no job keeps goes at the next start."""

import hashlib
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..graph_store.errors import StoreError


class UploadFolder:
    """The uploads in a data folder.

    Args:
        folder: the data folder.
        owner: where several processes share it, the one whose new uploads these are: they have a folder of that name.
    """

    def __init__(self, folder: Path, owner: str = "") -> None:
        self._folder = folder / "uploads"
        self._incoming = self._folder / owner

    def open(self, keeps: Callable[[str], bool]) -> None:
        """Make the folder if it is missing, and remove the files and owners' folders that are not to be kept.

        Args:
            keeps: asked about the name of each that was found.

        Raises:
            StoreError: the folder cannot be used.
        """
        with errors_mapped(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            for upload in self._folder.iterdir():
                if not keeps(upload.name):
                    _remove(upload)

    def new(self) -> Path:
        """Return where an upload may be written to, before it is a job's. An orphan is removed at the next start.

        Raises:
            StoreError: the folder cannot be used.
        """
        # Each time: another process that took this one for gone has removed its folder.
        with errors_mapped(self._incoming):
            self._incoming.mkdir(parents=True, exist_ok=True)
        return self._incoming / f"incoming-{secrets.token_hex(12)}"

    def path(self, name: str) -> Path:
        """Return where the upload of this name is, if it is there."""
        return self._folder / name


def append(path: Path, data: bytes | bytearray, written_count: int) -> None:
    """Write a further part of an upload.

    Args:
        path: from `UploadFolder.new`.
        data: the part.
        written_count: how many bytes were written before. A file that is gone is not begun anew in its middle.

    Raises:
        StoreError: it cannot be written.
    """
    with errors_mapped(path), path.open("r+b" if written_count else "xb") as file:
        file.seek(written_count)
        file.write(data)


def fingerprint(path: Path) -> tuple[int, str]:
    """Return a file's size in bytes and its content hash, as `content_hash` gives it for bytes.

    Raises:
        StoreError: it cannot be read.
    """
    with errors_mapped(path), path.open("rb") as file:
        hash_ = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), hash_


def discard(upload: Path) -> None:
    """Remove an upload that becomes no job's, if it is still there."""
    upload.unlink(missing_ok=True)


def _remove(upload: Path) -> None:
    if upload.is_dir():
        # Several processes may do so at once.
        shutil.rmtree(upload, ignore_errors=True)
    else:
        upload.unlink(missing_ok=True)


@contextmanager
def errors_mapped(path: Path) -> Iterator[None]:
    """Let errors of the disk at ``path`` be StoreErrors."""
    try:
        yield
    except OSError as error:
        hint = "Check that the data folder can be written and that its disk has space."
        raise StoreError(f"{path}: {error}", hint=hint, path=path) from error
