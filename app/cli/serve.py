"""`longreader serve`: the REST service."""

import socket
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated

import typer

from ...graph_store.errors import ConfigurationError
from ..server_command import ServerName
from .opening import load_settings
from .screen import notices, plain

if TYPE_CHECKING:
    from ..settings import Settings

STOP_SECONDS = 10
"""How long requests under way may go on after a signal to stop."""

KEEP_ALIVE_SECONDS = 75
"""How long a silent connection stays open: longer than clients and proxies keep theirs, so that none sends a request
into a connection that is being closed."""


def serve(
    host: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Where to listen.", show_default=False)] = None,
    port: Annotated[int | None, typer.Option(help="Which port.", min=0, max=65535, show_default=False)] = None,
    model_server: Annotated[
        ServerName | None,
        typer.Option(help="Which model server to start where no URL is set: llama.cpp or vllm.", show_default=False),
    ] = None,
) -> None:
    """Serve documents and questions over HTTP until it is stopped (Ctrl-C, SIGTERM)."""
    if find_spec("fastapi") is None or find_spec("uvicorn") is None:
        raise ConfigurationError(
            "The service is not installed.", hint="Install it: `pip install 'longreader[cpu,service]'`."
        )
    from ..service import logs
    from ..service.keys import opened_keys

    settings = load_settings()
    given = {name: value for name, value in {"host": host, "port": port}.items() if value is not None}
    settings = settings.model_copy(update={"service": settings.service.model_copy(update=given)})
    if model_server is not None:
        settings = settings.model_copy(update={"model": settings.model.model_copy(update={"server": model_server})})
    with opened_keys(settings) as keys:
        keys.require_for(settings.service.host)
    logs.set_up(settings.service.logs)
    with _listening(settings.service.host, settings.service.port) as listener:
        _serve(settings, listener)


def _listening(host: str, port: int) -> socket.socket:
    """Take the port before anything is loaded: whoever started the service twice is told at once."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ConfigurationError(
            f"{host}:{port} cannot be served on: {error.strerror or error}.",
            hint=f"If a longreader serves there, open http://{host}:{port}/; else: "
            f"longreader serve --port {port % 65_535 + 1}",
        ) from error
    return listener


def _serve(settings: "Settings", listener: socket.socket) -> None:
    import uvicorn

    from ..service.api import create_app
    from ..service.hub import Hub

    host, port = settings.service.host, listener.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    place = "PostgreSQL" if settings.database_url else settings.data_folder
    notices().print(plain(f"Open http://{shown}:{port}/ in a browser; Ctrl-C stops. Documents: {place}"))
    config = uvicorn.Config(
        create_app(Hub(settings, low_priority=True)),
        host=host,
        port=port,
        server_header=False,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=STOP_SECONDS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[listener])
