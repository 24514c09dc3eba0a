"""Runs a server as a child that never outlives the application. Started as a script, standard library only.

    python child.py COMMAND…

The application holds the other end of standard input. Its first line is the server's API key (kept out of the
command line, where other users could read it); when the stream ends, because the application stopped or was
killed, the server is terminated, and killed where that takes too long. Ctrl-C in the terminal does not reach it:
the application starts this script in a session of its own.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

GRACE_SECONDS = 5.0
PR_SET_PDEATHSIG = 1

# The llama.cpp servers read settings from the environment (PORT, MODEL, API_KEY, LLAMA_ARG_…), which are not ours: only
# what a process needs to run is handed on. vLLM has settings that no argument can give (VLLM_CPU_KVCACHE_SPACE).
KEPT_NAMES = {"HOME", "LANG", "LD_LIBRARY_PATH", "PATH", "PYTHONPATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR"}
KEPT_PREFIXES = ("CUDA_", "DYLD_", "GGML_", "HF_", "HIP_", "LC_", "NCCL_", "NVIDIA_", "OMP_", "ROCR_", "VLLM_")


def main(command: list[str]) -> int:
    """Run the command until it ends or standard input does; return its exit code, 128 + signal if it was killed."""
    key = _read_line()
    kept = {name: value for name, value in os.environ.items() if name in KEPT_NAMES or name.startswith(KEPT_PREFIXES)}
    kept |= {"API_KEY": key, "LLAMA_API_KEY": key, "VLLM_API_KEY": key, "PYTHONUNBUFFERED": "1"}
    kept.setdefault("VLLM_NO_USAGE_STATS", "1")
    server = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        env=kept,
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # safe: no thread is running yet
    )
    threading.Thread(target=_stop_at_end_of_input, args=(server,), daemon=True).start()
    code = server.wait()
    _end_the_rest()
    return 128 - code if code < 0 else code


def _read_line() -> str:
    line = b""
    while (byte := os.read(0, 1)) not in (b"", b"\n"):
        line += byte
    return line.decode()


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _end_the_rest() -> None:
    """Kill what the server started and left behind: vLLM's engine outlives a server that had to be killed."""
    for status in Path("/proc").glob("[0-9]*/stat"):  # nothing where there is no /proc
        try:
            pid, group = int(status.parent.name), int(status.read_text().rpartition(")")[2].split()[2])
            if group == os.getpgrp() and pid != os.getpid():
                os.kill(pid, signal.SIGKILL)
        except (OSError, ValueError):  # it ended meanwhile
            continue


def _stop_at_end_of_input(server: "subprocess.Popen[bytes]") -> None:
    while os.read(0, 1024):  # not sys.stdin: its lock, held at exit, would abort the interpreter
        pass
    server.terminate()
    try:
        server.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
