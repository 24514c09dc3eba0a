"""`longreader model`: the weights of the embedded model."""

from pathlib import Path
from typing import Annotated

import typer

from .opening import load_settings, require_weights
from .screen import cell, notices, results, size, table

app = typer.Typer(help="Fetch, list and find the weights of the embedded model.", no_args_is_help=True)

NameArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="[NAME]",
        help="A name of `model list`, owner/repository/file.gguf, or a path. Default: the one of the settings.",
        show_default=False,
    ),
]


@app.command("pull")
def pull(
    name: NameArgument = None,
) -> None:
    """Fetch weights to this machine. An interrupted pull goes on where it stopped."""
    from .. import weights

    settings = load_settings().model
    reference = name or settings.weights
    found = weights.path(reference, settings.cache_folder)
    if found is None:
        try:
            found = _pull(reference)
        except KeyboardInterrupt:
            notices().print("\nInterrupted. Run it again: it goes on where it stopped.", style="yellow")
            raise
    results().print(str(found), soft_wrap=True)


def _pull(reference: str) -> Path:
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    from .. import weights

    settings = load_settings().model
    console = notices()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(compact=True),
    )
    console.print(f"fetching {reference} into {settings.cache_folder}", style="dim", soft_wrap=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        task = bars.add_task("", total=None)

        def progress(done_bytes: int, total_bytes: int, source: str, /) -> None:
            bars.update(task, completed=done_bytes, total=total_bytes or None, description=source)

        return weights.pull(reference, settings.cache_folder, progress, offline=settings.offline)


@app.command("list")
def list_weights() -> None:
    """List the weights that are known by name, and which are on this machine."""
    from .. import weights

    settings = load_settings().model
    rows = table("Name", "Model", "Size", "Memory", "Licence", "Here", numbers=("Size", "Memory"), cut="Model")
    known = {weights.cached_path(one, settings.cache_folder): one for one in weights.KNOWN}
    for path, one in known.items():
        here = "yes" if path.is_file() else "no"
        rows.add_row(one.name, cell(one.title), size(one.size_bytes or 0), f"{one.memory_gb:g} GB", one.licence, here)
    for path in weights.pulled(settings.cache_folder):
        if path not in known:
            rows.add_row(str(path.relative_to(settings.cache_folder)), "", size(path.stat().st_size), "", "", "yes")
    results().print(rows)


@app.command("path")
def path(
    name: NameArgument = None,
) -> None:
    """Print where the weights lie on this machine."""
    from .. import weights

    settings = load_settings()
    if name:
        settings = settings.model_copy(update={"model": settings.model.model_copy(update={"weights": name})})
    require_weights(settings)
    results().print(str(weights.path(settings.model.weights, settings.model.cache_folder)), soft_wrap=True)
