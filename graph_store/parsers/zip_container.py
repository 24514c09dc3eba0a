"""Opens documents that are zip archives, within limits. Owns no format, and never writes a member to a file.

What an archive says of itself is not believed: sizes are counted while members are unpacked, and all that one document
unpacks counts together.
"""

import io
import posixpath
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from ..errors import DamagedInput, EncryptedInput, TooLargeInput
from ..zip_errors import ZIP_ERRORS
from .xml_tree import Element, parse_tree

MAX_MEMBERS = 20_000
"""The most members that an archive may list."""

MAX_UNPACKED_BYTES = 1_000_000_000
"""The most bytes that are unpacked of one document."""

MAX_MEMBER_BYTES = 200_000_000
"""The largest member that is unpacked as a whole, in bytes."""

MAX_RATIO = 300
"""How many times its packed size a member may have; measured where more than ``_RATIO_FROM`` bytes came out."""

_RATIO_FROM = 10_000_000
_STEP = 1 << 20
_ENCRYPTED_FLAG = 0x1
_LISTED_MEMBER = b"PK\x01\x02"


class ZipContainer:
    """An archive in memory. Members are found by their full name, in any case, as Office programs find them."""

    def __init__(self, data: bytes) -> None:
        # Counted before the list is read: a list of millions fills the memory.
        member_count = data.count(_LISTED_MEMBER)
        if member_count > MAX_MEMBERS:
            raise TooLargeInput(
                f"The document's archive has {member_count:,} members; the limit is {MAX_MEMBERS:,}.",
                member_count=member_count,
            )
        with _as_damage("The archive of this document cannot be opened"):
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        members = self._zip.infolist()
        self._members = {_normal(member.filename).lower(): member for member in members if not member.is_dir()}
        self._unpacked = 0

    def __contains__(self, name: str) -> bool:
        return _normal(name).lower() in self._members

    @property
    def names(self) -> list[str]:
        """The full names of the members, in the archive's order."""
        return [member.filename for member in self._members.values()]

    def read(self, name: str) -> bytes:
        """Return a member's bytes.

        Raises:
            DamagedInput: it is missing or broken. EncryptedInput: it needs a password. TooLargeInput: beyond a limit.
        """
        with self.open(name) as member:
            return member.read()

    def tree(self, name: str) -> Element:
        """Return the root of an XML member; raises what ``read`` raises."""
        return parse_tree(self.read(name))

    @contextmanager
    def open(self, name: str, max_bytes: int = MAX_MEMBER_BYTES) -> Iterator["LimitedMember"]:
        """Open a member to be read piece by piece, with the limits kept; raises what ``read`` raises."""
        member = self._members.get(_normal(name).lower())
        if member is None:
            raise DamagedInput(f"A part of the document is missing: {name}.", member=name)
        if member.flag_bits & _ENCRYPTED_FLAG:
            raise EncryptedInput("This document is encrypted and needs a password.")
        if member.file_size > max_bytes:
            raise _too_large(name, max_bytes)
        with _as_damage(f"A part of the document is broken: {name}"):
            packed = self._zip.open(member)
        with packed:
            yield LimitedMember(self, packed, member, max_bytes)

    def count(self, byte_count: int) -> None:
        """Count unpacked bytes against the limit of the document."""
        self._unpacked += byte_count
        if self._unpacked > MAX_UNPACKED_BYTES:
            raise TooLargeInput(
                f"The document unpacks to more than {MAX_UNPACKED_BYTES:,} bytes.", byte_count=self._unpacked
            )


class LimitedMember:
    """A member's bytes, counted while they come out."""

    def __init__(self, container: ZipContainer, packed: IO[bytes], member: zipfile.ZipInfo, max_bytes: int) -> None:
        self._container = container
        self._packed = packed
        self._member = member
        self._max_bytes = max_bytes
        self._byte_count = 0

    def read(self, size: int = -1, /) -> bytes:
        """Return at most ``size`` bytes, all that are left where it is negative; none at the end."""
        if size >= 0:
            return self._step(min(size, _STEP))
        return b"".join(iter(lambda: self._step(_STEP), b""))

    def _step(self, size: int) -> bytes:
        with _as_damage(f"A part of the document is broken: {self._member.filename}"):
            piece = self._packed.read(size)
        self._byte_count += len(piece)
        self._container.count(len(piece))
        if self._byte_count > self._max_bytes:
            raise _too_large(self._member.filename, self._max_bytes)
        if self._byte_count > _RATIO_FROM and self._byte_count > MAX_RATIO * max(self._member.compress_size, 1):
            raise TooLargeInput(
                f"A part of the document, {self._member.filename}, unpacks to more than {MAX_RATIO} times its size, "
                "as no real document does.",
                hint="If you trust the file, open it in its own program, save it again, and add that copy.",
                member=self._member.filename,
            )
        return piece


def resolve(base: str, target: str) -> str:
    """Return the full name of a member that another one (``base``) names; an absolute name starts at the root."""
    target = target.replace("\\", "/")
    return _normal(target if target.startswith("/") else posixpath.join(posixpath.dirname(base), target))


def _normal(name: str) -> str:
    return posixpath.normpath("/" + name.replace("\\", "/")).lstrip("/")


def _too_large(name: str, max_bytes: int) -> TooLargeInput:
    return TooLargeInput(f"A part of the document, {name}, has more than {max_bytes:,} bytes.", member=name)


@contextmanager
def _as_damage(message: str) -> Iterator[None]:
    try:
        yield
    except ZIP_ERRORS as error:
        raise DamagedInput(f"{message}: {error}") from error
