import io
import random
import zipfile
from contextlib import suppress

import pytest
from docx import Document
from longreader.graph_store.errors import DamagedInput, EncryptedInput, InputError, TooLargeInput, UnsupportedInput
from longreader.graph_store.parsers import parse, zip_container
from longreader.graph_store.parsers.xml_tree import parse_tree
from longreader.graph_store.parsers.zip_container import ZipContainer, resolve


def zipped(members: dict[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_members_are_found_in_any_case_and_missing_ones_are_named() -> None:
    container = ZipContainer(zipped({"Word/Document.xml": "x"}))
    assert "word/document.XML" in container
    assert container.read("/word/document.xml") == b"x"
    with pytest.raises(DamagedInput, match="missing: other"):
        container.read("other")


def test_names_are_resolved_inside_the_archive() -> None:
    assert resolve("word/document.xml", "media/a.png") == "word/media/a.png"
    assert resolve("ppt/slides/slide1.xml", "../charts/c.xml") == "ppt/charts/c.xml"
    assert resolve("a/b", "/c") == "c"
    assert resolve("a/b", "../../../../etc/passwd") == "etc/passwd"


def test_a_bomb_is_refused_while_it_unpacks(monkeypatch: pytest.MonkeyPatch) -> None:
    data = zipped({"a": bytes(12_000_000), "b": b"x" * 1000, "c": b"y" * 1000})
    with pytest.raises(TooLargeInput, match="300 times"):
        ZipContainer(data).read("a")
    monkeypatch.setattr(zip_container, "MAX_UNPACKED_BYTES", 1500)
    container = ZipContainer(data)
    container.read("b")
    with pytest.raises(TooLargeInput, match="more than 1,500 bytes"):
        container.read("c")


def test_declared_sizes_are_not_believed() -> None:
    data = bytearray(zipped({"a": bytes(3000)}))
    listed = data.index(b"PK\x01\x02")
    data[22:26] = data[listed + 24 : listed + 28] = (10).to_bytes(4, "little")
    with pytest.raises(DamagedInput):
        ZipContainer(bytes(data)).read("a")
    with pytest.raises(TooLargeInput), ZipContainer(zipped({"a": bytes(3000)})).open("a", 2999):
        pass


def test_too_many_members(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_container, "MAX_MEMBERS", 3)
    with pytest.raises(TooLargeInput, match="has 4 members"):
        ZipContainer(zipped(dict.fromkeys("abcd", "x")))


def test_damage_and_passwords() -> None:
    data = zipped({"a": b"words that are packed " * 50})
    with pytest.raises(DamagedInput):
        ZipContainer(data[: len(data) // 2])
    broken = bytearray(data)
    broken[40:50] = b"\xff" * 10
    with pytest.raises(DamagedInput):
        ZipContainer(bytes(broken)).read("a")
    locked = bytearray(data)
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(EncryptedInput):
        ZipContainer(bytes(locked)).read("a")


def test_entities_are_not_expanded() -> None:
    levels = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    with pytest.raises(DamagedInput, match="amplification"):
        parse_tree(f'<!DOCTYPE a [<!ENTITY l0 "ha">{levels}]><a>&l9;</a>'.encode())
    assert parse_tree(b'<!DOCTYPE a [<!ENTITY l0 "ha">]><a>&l0;</a>').text is None
    outside = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
    assert "root" not in "".join(map(str, parse_tree(outside).itertext()))
    with pytest.raises(DamagedInput):
        parse_tree(b"<a>" * 1000)


def test_office_files_of_old_versions_and_locked_ones() -> None:
    start = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
    with pytest.raises(EncryptedInput, match="password"):
        parse(start + "EncryptedPackage".encode("utf-16-le"), "a.docx")
    with pytest.raises(UnsupportedInput, match="old Office version"):
        parse(start + "WordDocument".encode("utf-16-le"), "a.doc")


@pytest.mark.parametrize(
    ("members", "error"),
    [
        ({"a.txt": "x"}, UnsupportedInput),
        ({"[Content_Types].xml": "<Types/>"}, UnsupportedInput),
        ({"[Content_Types].xml": "<Types"}, DamagedInput),
        ({"mimetype": "application/vnd.oasis.opendocument.graphics"}, UnsupportedInput),
        ({"mimetype": "application/vnd.oasis.opendocument.text"}, DamagedInput),
        ({"mimetype": "application/epub+zip"}, DamagedInput),
        ({"META-INF/container.xml": "<container/>"}, DamagedInput),
    ],
)
def test_what_an_archive_declares_is_what_it_is_read_as(members: dict[str, bytes | str], error: type) -> None:
    with pytest.raises(error):
        parse(zipped(members), "a.docx")


def test_a_damaged_package_never_ends_in_another_error() -> None:
    document = Document()
    document.add_heading("The harbour", 1)
    buffer = io.BytesIO()
    document.save(buffer)
    dice = random.Random(1)
    for _ in range(12):
        data = bytearray(buffer.getvalue())
        for _ in range(30):
            data[dice.randrange(len(data))] = dice.randrange(256)
        with suppress(InputError):
            assert parse(bytes(data), "a.docx").text
