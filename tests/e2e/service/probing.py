"""Asks a service for /healthz ten times a second, as a supervisor does: from a process of its own.

    probing.py PORT

When standard input ends, the seconds of each response are printed as JSON.
"""

import http.client
import json
import sys
import threading
import time


def main() -> None:
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=30)
    seconds: list[float] = []
    while not ended.wait(0.1):
        begun = time.monotonic()
        connection.request("GET", "/healthz")
        response = connection.getresponse()
        response.read()
        assert response.status == 200
        seconds.append(time.monotonic() - begun)
    print(json.dumps(seconds))


if __name__ == "__main__":
    main()
