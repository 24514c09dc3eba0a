"""What a command opens first: the settings, the weights' place, the reader, a document by what a person calls it."""

from typing import TYPE_CHECKING, Annotated

import typer

from ...graph_store.errors import ConfigurationError, NotFound
from .screen import size

if TYPE_CHECKING:
    from ...graph_store.documents import DocumentInfo
    from ..reader import Reader
    from ..settings import Settings

CollectionOption = Annotated[str, typer.Option("--collection", "-c", metavar="NAME", help="Which collection.")]
DOCUMENT_HELP = "Document id or its beginning, title, or file name."
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]


def load_settings() -> "Settings":
    """Read the settings. Raises ConfigurationError where the environment holds a value that does not fit."""
    from ..settings import Settings

    return Settings()


def open_reader(*, needs_weights: bool = False) -> "Reader":
    """Open the reader of the settings.

    Args:
        needs_weights: fail at once where the model's weights would have to be fetched first.
    """
    settings = load_settings()
    if needs_weights and settings.model.url is None:
        require_weights(settings)
    from ..reader import Reader

    return Reader(settings=settings)


def require_weights(settings: "Settings") -> None:
    """Check that the weights of the settings are on this machine: a command never fetches a gigabyte unasked.

    Raises:
        ConfigurationError: they are not.
    """
    from ..vllm_command import model_folder
    from ..weights import Weights, find, path

    if settings.model.server == "vllm":
        model_folder(settings.model.weights)
        return
    reference = settings.model.weights
    weights = find(reference)
    if isinstance(weights, Weights) and path(reference, settings.model.cache_folder) is None:
        cost = f" ({size(weights.size_bytes)})" if weights.size_bytes else ""
        raise ConfigurationError(
            f"The model {weights.name} is not on this machine yet.",
            hint=f"Fetch it once with `longreader model pull`{cost}, or set LONGREADER_MODEL__URL to a server.",
        )


def find_document(reader: "Reader", wanted: str, collection: str) -> "DocumentInfo":
    """Return the document that a person means.

    Args:
        reader: the open reader.
        wanted: an id, the beginning of one, a title or a file name.
        collection: where to look.

    Raises:
        NotFound: no document, or more than one.
    """
    documents = reader.documents(collection)
    exact = [document for document in documents if document.document_id == wanted]
    named = [document for document in documents if wanted in (document.title, document.file_name)]
    begun = [document for document in documents if wanted and document.document_id.startswith(wanted)]
    found = exact or named or begun
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(document.document_id for document in found)
        raise NotFound(f"“{wanted}” is {len(found)} documents.", hint=f"Give one of these ids: {ids}.")
    raise NotFound(
        f"There is no document “{wanted}” in collection “{collection}”.",
        hint=f"`longreader list -c {collection}` shows what is there.",
    )
