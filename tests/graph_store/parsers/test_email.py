import contextlib
from email.message import EmailMessage

import pytest
from longreader.graph_store.errors import InputError
from longreader.graph_store.parsers import parse


def message(body: str = "The boats are back.\n\n> Are they?\n> Please say.\n", **headers: str) -> EmailMessage:
    written = EmailMessage()
    given = {"From": "Ada <ada@quell.example>", "To": "bo@quell.example", "Subject": "Boats"} | headers
    for name, value in given.items():
        written[name] = value
    written["Date"] = "Mon, 06 Jan 2020 10:00:00 +0000"
    written["Message-ID"] = "<1@quell.example>"
    written.set_content(body)
    return written


def test_headers_text_and_quoted_replies() -> None:
    parsed = parse(message(Subject="Grüße aus Quell").as_bytes(), "no-suffix")
    assert (parsed.title, parsed.media_type) == ("Grüße aus Quell", "message/rfc822")
    assert parsed.text.split("\n\n") == [
        "Grüße aus Quell",
        "From: Ada <ada@quell.example>\nTo: bo@quell.example\nDate: Mon, 06 Jan 2020 10:00:00 +0000\n"
        "Subject: Grüße aus Quell",
        "The boats are back.",
        "> Are they?\n> Please say.",
    ]


def test_html_where_the_plain_form_is_a_stump() -> None:
    written = message("See the HTML form.")
    written.add_alternative("<h1>Catch</h1><p>" + "Größe of the catch. " * 10 + "</p>", subtype="html")
    parsed = parse(written.as_bytes(), "a.eml")
    assert "Größe of the catch." in parsed.text
    assert "See the HTML form." not in parsed.text
    assert "Catch" in [heading.span.of(parsed.text) for heading in parsed.headings]


def test_attachments_are_read_or_named() -> None:
    written = message()
    written.add_attachment(b"Port,Year\nQuell,1901\n", maintype="text", subtype="csv", filename="catch.csv")
    written.add_attachment(b"\x1f\x8b\x00\x00\x00\x00", maintype="application", subtype="gzip", filename="a.gz")
    text = parse(written.as_bytes(), "a.eml").text
    assert "Attachment: catch.csv\n\nPort | Year\n\nQuell | Year: 1901" in text
    assert "The attachment a.gz (6 bytes) is not read: a.gz is a gzip archive" in text


def test_attached_messages_are_read_once_each() -> None:
    deepest = message("Deeper still.", Subject="Oldest")
    deepest.add_attachment(b"Port\nNarva\n", maintype="text", subtype="csv", filename="ports.csv")
    inner = message("The inner words.", Subject="Older")
    inner.add_attachment(deepest)
    written = message()
    written.add_attachment(inner)
    parsed = parse(written.as_bytes(), "a.eml")
    assert "Older\n\nFrom: Ada" in parsed.text
    for once in ("The inner words.", "Deeper still.", "Attachment: ports.csv", "Narva"):
        assert parsed.text.count(once) == 1
    assert [(heading.span.of(parsed.text), heading.level) for heading in parsed.headings] == [
        ("Boats", 1),
        ("Older", 2),
        ("Oldest", 3),
        ("Attachment: ports.csv", 4),
    ]


def test_a_message_inside_too_many_others_is_named() -> None:
    written = message("Words 8.", Subject="Message 8")
    for number in range(7, 0, -1):
        outer = message(f"Words {number}.", Subject=f"Message {number}")
        outer.add_attachment(written)
        written = outer
    text = parse(written.as_bytes(), "a.eml").text
    assert "Words 6." in text
    assert text.endswith("The attached message Message 7 is not read: it stands inside too many others.")


def test_a_memo_is_plain_text_unless_its_name_says_otherwise() -> None:
    memo = b"From: Ada\nTo: Bo\nSubject: Boats\n\nThe boats are back."
    assert parse(memo, "memo.txt").media_type == "text/plain"
    assert parse(memo, "memo.eml").media_type == "message/rfc822"


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Type: multipart/mixed; boundary=x\n\nno parts",
        b"Content-Type: text/plain; charset=no-such\n\nwords",
        b"Content-Transfer-Encoding: base64\n\n!!!not base64",
        b"Date: the day after\nTo: <<<>>>, @@\n\nwords",
        b"Subject: =?utf-8?b?broken?=\n\nwords",
        b"Content-Type: message/rfc822\n\n" * 50,
    ],
)
def test_broken_messages_are_read_or_refused(headers: bytes) -> None:
    with contextlib.suppress(InputError):
        assert parse(b"From: a@b\nMIME-Version: 1.0\nSubject: S\n" + headers, "a.eml").text
