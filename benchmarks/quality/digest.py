"""What a row depends on, as a digest: the question, the reader's code and prompts, settings, model and window."""

import hashlib
from functools import cache
from importlib import import_module
from pathlib import Path

from longreader.agents.llm import ChatModel
from longreader.app.evaluation.question import Question
from longreader.app.settings import Settings

CODE = ("longreader.agents", "longreader.graph_store", "longreader.prompts", "longreader.app.evaluation")
OURS = (Path(__file__).parent / "ways", Path(__file__).parent / "prompts")


def row_digest(question: Question, asked: str, way: str, settings: Settings, model: ChatModel) -> str:
    """Return the digest of a question asked in one way."""
    parts = [
        code_digest(),
        question.model_dump_json(),
        asked,
        way,
        settings.reading.model_dump_json(),
        settings.ingest.model_dump_json(),
        model.name,
        str(model.window_tokens),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


@cache
def code_digest() -> str:
    """Return the digest of all code and prompts that decide an answer or its score."""
    folders = [Path(str(import_module(name).__file__)).parent for name in CODE]
    digest = hashlib.sha256()
    for folder in (*folders, *OURS):
        for file in sorted((*folder.rglob("*.py"), *folder.rglob("*.md"))):
            digest.update(file.relative_to(folder).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()
