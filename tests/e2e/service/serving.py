"""The service as a process of its own, as `longreader serve` runs it; the model server is a double.

    serving.py EMBEDDER

EMBEDDER is "hash" (made at once) or "real". Settings come from the environment. The port is printed.
"""

import signal
import socket
import sys

import uvicorn
from longreader.app.cli.serve import KEEP_ALIVE_SECONDS
from longreader.app.service.api import create_app
from longreader.app.service.hub import Hub
from longreader.app.settings import Settings
from longreader.graph_store.embedder import HashEmbedder


def main() -> None:
    embedder = HashEmbedder() if sys.argv[1] == "hash" else None
    app = create_app(Hub(Settings(), embedder=embedder, low_priority=True))
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener:
        print(listener.getsockname()[1], flush=True)
        config = uvicorn.Config(
            app, log_level="warning", timeout_graceful_shutdown=5, timeout_keep_alive=KEEP_ALIVE_SECONDS
        )
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    main()
