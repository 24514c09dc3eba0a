"""A file on the disk that is to be added: its bytes, read once, and its name as text."""

from pathlib import Path

from ..graph_store.errors import InputError, TooLargeInput
from ..graph_store.parsers import MAX_BYTES


def name_of(file: Path) -> str:
    """Return a file's name. Names on a disk need not be text; what cannot be stored becomes a question mark."""
    return file.name.encode("utf-8", "replace").decode()


def read_file(path: Path) -> bytes:
    """Return a file's bytes.

    Raises:
        InputError: it is missing, no file (a folder, a pipe, a device), or may not be read.
        TooLargeInput: it is larger than the parsers' limit.
    """
    try:
        if path.exists() and not path.is_file():
            # A pipe could be waited for without end, and a device be read without end.
            raise InputError(
                f"{path} is not a file.", hint="Save what it holds as a file, and add that.", path=str(path)
            )
        size = path.stat().st_size
        if size <= MAX_BYTES:
            # Once and with a bound: it may grow meanwhile. What is hashed, kept and parsed are these bytes.
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
            size = len(data)
            if size <= MAX_BYTES:
                return data
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{path} cannot be read: {reason}.", hint="Check the path.", path=str(path)) from error
    raise TooLargeInput(f"{path.name} has {size:,} bytes; at most {MAX_BYTES:,} are read.", size=size)
