"""A stored chat as Markdown, its citations under each answer. Words of documents are escaped: they are no markup."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from ..agents.answer import Answer, Citation
from ..graph_store.chats import ChatRecord, TurnRecord

_MARKUP = re.compile(r"([\\`*_\[\]<>#|&~])")
_LIST = re.compile(r"^(\d+)([.)])|^([-+=])")


def to_markdown(chat: ChatRecord, turns: list[TurnRecord]) -> str:
    """Return a chat as Markdown: a heading a question, the answer, and its quotes with title and page."""
    begun = datetime.fromtimestamp(chat.created, UTC).strftime("%Y-%m-%d %H:%M UTC")
    head = [f"# {_plain(chat.title)}", f"{begun} · collection “{_plain(chat.collection)}”"]
    return "\n\n".join([*head, *(part for turn in turns for part in _turn(turn))]) + "\n"


def _turn(turn: TurnRecord) -> Iterator[str]:
    yield f"## {_plain(turn.question)}"
    if turn.status != "kept":
        yield "*Document deleted.*"
        return
    if turn.standalone != turn.question:
        yield f"*Read as: {_plain(turn.standalone)}*"
    answer = Answer.model_validate_json(turn.answer)
    for paragraph in answer.text.split("\n"):
        if paragraph.strip():
            yield _plain(paragraph)
    yield f"*{answer.status.replace('_', ' ')}*"
    for citation in answer.citations:
        yield _citation(citation)


def _citation(citation: Citation) -> str:
    pages = (
        f"pages {citation.page}–{citation.last_page}" if citation.last_page > citation.page else f"page {citation.page}"
    )
    return f"> \\[{citation.number}\\] “{_plain(citation.quote)}”\n>\n> — {_plain(citation.title)}, {pages}"


def _plain(text: str) -> str:
    """Return text on one line that no Markdown reader takes for markup."""
    escaped = _MARKUP.sub(r"\\\1", " ".join(text.split()))
    return _LIST.sub(lambda found: f"{found[1]}\\{found[2]}" if found[1] else f"\\{found[3]}", escaped)
