"""Takes the thoughts of a thinking model out of its reply."""

OPEN = "<think>"
CLOSE = "</think>"


def without_thinking(text: str) -> str:
    """Return the reply without its thoughts.

    Thoughts come before the reply: whole, without an end (the limit was reached), or without a beginning (the chat
    template opened them). A tag inside a JSON reply is the document's own text and stays.
    """
    stripped = text.lstrip()
    if stripped.startswith(OPEN):
        return stripped.partition(CLOSE)[2].lstrip()
    if not stripped.startswith(("{", "[")) and CLOSE in text:
        return text.partition(CLOSE)[2].lstrip()
    return text
