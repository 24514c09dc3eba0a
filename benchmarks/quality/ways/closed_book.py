"""Closed book: the model answers without the document, from what it remembers. What public questions leak."""

from longreader.agents.answer import Answer
from longreader.agents.reading import Reading

from .answering import answer_from


async def closed_book(reading: Reading) -> Answer:
    """Answer without reading anything."""
    return await answer_from(reading, "closed_book")
