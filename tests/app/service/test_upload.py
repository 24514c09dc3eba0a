"""Multipart bodies: files stream to disk under names of the service's own, within limits, and none is left behind."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from longreader import StoreError, TooLargeInput
from longreader.app.service.problems import InvalidRequest
from longreader.app.service.upload import Form, plain_name, received
from starlette.requests import ClientDisconnect, Request

BOUNDARY = "b0undary"
MB = 1 << 20


def part(content: bytes, name: str = "files", file_name: str | None = "a.txt") -> bytes:
    named = "" if file_name is None else f'; filename="{file_name}"'
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
    return head.encode() + content + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()


class Sent(Request):
    """A request whose body comes in pieces; how many of them were asked for can be seen."""

    def __init__(self, body: bytes, piece: int = 65_536, headers: dict[str, str] | None = None) -> None:
        given = {"content-type": f"multipart/form-data; boundary={BOUNDARY}", **(headers or {})}
        raw = [(name.encode(), value.encode()) for name, value in given.items()]
        super().__init__({"type": "http", "method": "POST", "headers": raw})
        self._pieces = [body[start : start + piece] for start in range(0, len(body), piece)]
        self.piece_count = 0

    async def stream(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            self.piece_count += 1
            yield piece


class Folder:
    """Hands out paths as the service does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._count = 0

    def new_path(self) -> Path:
        self._count += 1
        return self.path / f"incoming-{self._count}"

    def names(self) -> list[str]:
        return sorted(path.name for path in self.path.iterdir())


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


async def receive(request: Request, folder: Folder, most_bytes: int = 10 * MB, most_files: int = 20) -> Form:
    async with received(request, folder.new_path, most_bytes, most_files) as form:
        for file in form.files:
            content = file.path.read_bytes()
            assert hashlib.sha256(content).hexdigest() == file.content_hash
        return form


@pytest.mark.parametrize("piece", [7, 1_000, 65_536])
async def test_files_and_fields_come_whole_however_they_are_cut(folder: Folder, piece: int):
    body = part(b"one\r\n--" * 500) + part(b"llm", "notes", None) + part(b"two", file_name="b.pdf") + END
    form = await receive(Sent(body, piece), folder)
    assert [file.name for file in form.files] == ["a.txt", "b.pdf"]
    assert form.fields == {"notes": "llm"}
    assert folder.names() == [], "what nobody took is removed"


async def test_a_large_file_is_written_while_it_comes(folder: Folder):
    request = Sent(part(b"x" * (3 * MB)) + END)
    sizes: list[int] = []
    taken = request.stream

    async def watched() -> AsyncIterator[bytes]:
        async for piece in taken():
            sizes.append(sum(path.stat().st_size for path in folder.path.iterdir()))
            yield piece

    request.stream = watched  # pyright: ignore[reportAttributeAccessIssue]
    await receive(request, folder)
    assert max(sizes) >= 2 * MB


async def test_a_file_that_is_removed_while_it_comes_does_not_come_back_without_its_beginning(folder: Folder):
    request = Sent(part(b"x" * (3 * MB)) + END)
    taken = request.stream

    async def removing() -> AsyncIterator[bytes]:
        async for piece in taken():
            for path in folder.path.iterdir():
                path.unlink()
            yield piece

    request.stream = removing  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(StoreError):
        await receive(request, folder)
    assert folder.names() == []


async def test_a_file_that_is_taken_stays(folder: Folder, tmp_path: Path):
    async with received(Sent(part(b"mine") + END), folder.new_path, MB) as form:
        form.files[0].path.rename(tmp_path / "taken")
    assert folder.names() == ["taken"]


async def test_beyond_the_size_no_more_is_read(folder: Folder):
    request = Sent(part(b"x" * (5 * MB)) + END)
    with pytest.raises(TooLargeInput):
        await receive(request, folder, most_bytes=MB)
    assert request.piece_count < 20
    assert folder.names() == []


async def test_a_size_that_is_told_is_refused_before_the_first_byte(folder: Folder):
    request = Sent(part(b"x") + END, headers={"content-length": str(100 * MB)})
    with pytest.raises(TooLargeInput):
        await receive(request, folder, most_bytes=MB, most_files=2)
    assert request.piece_count == 0


async def test_too_many_files_are_refused(folder: Folder):
    with pytest.raises(TooLargeInput, match="at most 1 file"):
        await receive(Sent(part(b"x") + part(b"y") + END), folder, most_files=1)
    assert folder.names() == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no multipart",
        END,
        part(b"cut off"),
        part(b"") + END,
        part(b"only a field", "notes", None) + END,
        part(b"x" * 2_000, "notes", None) + part(b"x") + END,
        b"".join(part(b"x", f"field{i}", None) for i in range(30)) + part(b"x") + END,
        part(b"x").replace(b"Content-Disposition", b"X" * 9_000) + END,
    ],
)
async def test_a_malformed_body_is_refused(folder: Folder, body: bytes):
    with pytest.raises(InvalidRequest):
        await receive(Sent(body), folder)
    assert folder.names() == []


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data", "multipart/form-data; boundary=", ""])
async def test_another_kind_of_body_is_refused(folder: Folder, kind: str):
    with pytest.raises(InvalidRequest):
        await receive(Sent(part(b"x") + END, headers={"content-type": kind}), folder)


async def test_nothing_is_left_of_a_client_that_went_away(folder: Folder):
    request = Sent(part(b"x" * (2 * MB)))
    taken = request.stream

    async def broken() -> AsyncIterator[bytes]:
        async for piece in taken():
            yield piece
        raise ClientDisconnect

    request.stream = broken  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(InvalidRequest):
        await receive(request, folder)
    assert folder.names() == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\docs\\report.pdf", "report.pdf"),
        ("Bericht für März.docx", "Bericht für März.docx"),
        ("報告.pdf", "報告.pdf"),
        ("evil\r\nX-Header: 1.pdf", "evilX-Header: 1.pdf"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("", "unnamed"),
        ("..", "unnamed"),
        ("x" * 500 + ".pdf", "x" * 197 + ".pdf"),
    ],
)
async def test_a_file_keeps_its_name_without_what_could_harm(folder: Folder, given: str, kept: str):
    assert plain_name(given) == kept
    if "\r" not in given and "\\" not in given:
        form = await receive(Sent(part(b"x", file_name=given) + END), folder)
        assert form.files[0].name == kept
