"""Asks the service of this machine whether it is well: `python -m longreader.app.healthcheck /readyz`. For containers.

Standard library only, and no setting is checked: it runs every few seconds.
"""

import sys
import urllib.request
from urllib.error import URLError

SECONDS = 4.0
PORT = 8420


def main(arguments: list[str]) -> int:
    """Return 0 where the path answers with success, else 1.

    Args:
        arguments: the path, and the port where it is not the usual one.
    """
    path, port = (*arguments, str(PORT))[:2]
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}{path}", timeout=SECONDS):
            return 0
    except (URLError, OSError) as error:
        print(f"{path}: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
