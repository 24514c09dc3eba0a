"""E-mail messages (.eml) to blocks: who wrote to whom, the best form of the text, and what is attached.

Replies quoted in the text are kept: they are often what an answer is about.
"""

import email.policy
from collections.abc import Iterator
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.parser import BytesParser

from ..document import ParsedDocument
from ..errors import DamagedInput, InputError
from .blocks import Block, assemble
from .decoding import clean, decode

_SHOWN_HEADERS = ("From", "To", "Cc", "Date", "Subject")
_SHORTEST_PLAIN_SHARE = 0.25
_MOST_ATTACHMENTS = 100
_DEEPEST_MESSAGE = 6


def parse_email(data: bytes, title: str) -> ParsedDocument:
    """Read a message; its title is its subject. Attachments in a readable format are read, the others named.

    Raises:
        DamagedInput: it is no message.
    """
    start = data.index(b"\n") + 1 if data.startswith((b"From ", b">From ")) and b"\n" in data else 0
    try:
        message = BytesParser(policy=email.policy.default).parsebytes(data[start:])
        subject = _header(message, "Subject")
        blocks = list(_blocks(message, subject or title, 1))
    except (MessageError, ValueError, LookupError, IndexError, AttributeError, TypeError) as error:
        # The standard library's parser of headers stumbles over some that are broken, with errors of every kind.
        raise DamagedInput(f"This message cannot be read: {error}") from error
    return assemble(blocks, subject or title, "message/rfc822")


def _blocks(message: EmailMessage, title: str, level: int) -> Iterator[Block]:
    """Yield a message and what is attached to it; ``level`` is 1 for the outer one, one more for each around it."""
    yield Block(title, level=level)
    headers = ((name, _header(message, name)) for name in _SHOWN_HEADERS)
    yield Block("\n".join(f"{name}: {value}" for name, value in headers if value))
    yield from _lowered(_body(message), level + 1)
    for number, part in enumerate(_attachments(message), start=1):
        if number > _MOST_ATTACHMENTS:
            yield Block(f"More than {_MOST_ATTACHMENTS} attachments; the others are not read.")
            return
        yield from _attachment(part, number, level)


def _header(message: Message, name: str) -> str:
    return clean(" ".join(str(message.get(name, "")).split()))


def _body(message: EmailMessage) -> ParsedDocument:
    """Return the text of a message: its plain form, unless that is a stump of its HTML form."""
    plain, html = (_read_text(message.get_body((kind,))) for kind in ("plain", "html"))
    is_stump = len(plain.text) < _SHORTEST_PLAIN_SHARE * len(html.text)
    return html if is_stump else plain


def _read_text(part: Message | None) -> ParsedDocument:
    content = _content(part) if part is not None and not part.is_multipart() else b""
    if part is None or not content.strip():
        return ParsedDocument("", "", "", ())
    if part.get_content_type() == "text/html":
        from .html import parse_html

        return parse_html(decode(content, part.get_content_charset()).encode(), "")
    from .plain import parse_plain

    return parse_plain(decode(content, part.get_content_charset()), "")


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _attachments(message: EmailMessage) -> Iterator[Message]:
    """Yield the parts that are not the text; pictures and the like inside HTML are of no use without it.

    What is attached to an attached message is that one's own.
    """
    if not message.is_multipart():
        if message.get_content_maintype() != "text":
            yield message
        return
    shown = [message.get_body((kind,)) for kind in ("plain", "html")]
    waiting: list[Message] = [message]
    while waiting:
        part = waiting.pop()
        if _is_message(part):
            yield part
        elif isinstance(part, EmailMessage) and part.is_multipart():
            waiting.extend(reversed([*part.iter_parts()]))
        elif part not in shown and not part.get("Content-ID"):
            yield part


def _is_message(part: Message) -> bool:
    return part.get_content_type() == "message/rfc822" and part.is_multipart()


def _attachment(part: Message, number: int, level: int) -> Iterator[Block]:
    name = clean(" ".join((part.get_filename() or "").split()))
    if _is_message(part):
        yield from _attached_message(part.get_payload(0), name or f"Message {number}", level + 1)
        return
    if part.get_content_disposition() != "attachment" and not name and part.get_content_maintype() == "text":
        yield from _lowered(_read_text(part), level + 1)
        return
    name = name or f"attachment {number}"
    yield Block(f"Attachment: {name}", level=level + 1)
    yield from _read_attachment(_content(part), name, level + 1)


def _attached_message(message: object, name: str, level: int) -> Iterator[Block]:
    if not isinstance(message, EmailMessage):
        return
    name = _header(message, "Subject") or name
    if level <= _DEEPEST_MESSAGE:
        yield from _blocks(message, name, level)
    else:
        yield Block(f"The attached message {name} is not read: it stands inside too many others.")


def _read_attachment(content: bytes, name: str, level: int) -> Iterator[Block]:
    from . import parse

    try:
        attached = parse(content, name)
    except InputError as error:
        yield Block(f"The attachment {name} ({len(content):,} bytes) is not read: {error.message}")
    else:
        if attached.remark:
            yield Block(f"The attachment {name} is not read in full: {attached.remark}")
        yield from _lowered(attached, level)


def _lowered(parsed: ParsedDocument, level: int) -> Iterator[Block]:
    """Yield the blocks of a document that is part of this one, its headings below ``level``."""
    levels = {(heading.span.start, heading.span.end): heading.level for heading in parsed.headings}
    start = 0
    for text in parsed.text.split("\n\n"):
        end = start + len(text)
        own = levels.get((start, end), 0)
        yield Block(text, level=min(own + level, 6) if own else 0)
        start = end + 2
