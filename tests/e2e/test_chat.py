"""`longreader chat`, from a pipe and at a terminal."""

import contextlib
import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


def test_questions_of_a_pipe_are_answered_one_after_the_other(cli: Callable[..., Any], river: Path) -> None:
    cli("add", river)
    said = cli("chat", piped="How long is the Tessel?\n\nWho built the ferry of Brandt?\n/quit\nNever asked\n")
    assert said.code == 0
    asked = [line for line in said.out.splitlines() if line.startswith("> ")]
    assert asked == ["> How long is the Tessel?", "> Who built the ferry of Brandt?"]
    assert said.out.count("The Tessel is 212 km long.\nanswered\n[1] The Tessel, page 1") == 2
    assert "plan" in said.err


def test_a_follow_up_is_rewritten_to_stand_alone(cli: Callable[..., Any], river: Path, model_server: Any) -> None:
    cli("add", river)
    cli("chat", piped="How long is the Tessel?\nAnd where does it end?\n")
    rewriting = [body for body in model_server.chats if "And where does it end?" in json.dumps(body["messages"])]
    assert "How long is the Tessel?" in json.dumps(rewriting[0]["messages"])


def test_a_question_that_cannot_be_read_does_not_end_the_others(cli: Callable[..., Any], river: Path) -> None:
    cli("add", river)
    said = cli("chat", piped=f"Why {'so ' * 5000}?\nHow long is the Tessel?\n")
    assert said.code == 1
    assert "error: " in said.err
    assert "The Tessel is 212 km long." in said.out


def test_there_must_be_something_to_chat_with(cli: Callable[..., Any]) -> None:
    said = cli("chat", piped="How long is the Tessel?\n")
    assert said.code == 1
    assert "longreader add FILE" in said.err


class Terminal:
    """A chat at a terminal of its own."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.screen = ""
        self._own, theirs = pty.openpty()
        command = [sys.executable, "-c", "from longreader.app.main import run; run()", "chat", "--mode", "retrieve"]
        self.process = subprocess.Popen(
            command,
            env=os.environ | environment | {"TERM": "xterm"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=self._control,
        )
        os.close(theirs)

    @staticmethod
    def _control() -> None:
        import fcntl
        import signal
        import termios

        # The terminal sends Ctrl-C to the session that it controls; a shell's job may have it ignored.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    def types(self, keys: str) -> None:
        os.write(self._own, keys.encode())

    def shows(self, text: str, seconds: float = 90) -> str:
        """Wait until the text is shown; return what stood before it and forget it."""
        end = time.monotonic() + seconds
        while text not in self.screen:
            assert time.monotonic() < end, self.screen
            if select.select([self._own], [], [], 1)[0]:
                self._read()
            else:
                assert self.process.poll() is None, self.screen
        before, _, self.screen = self.screen.partition(text)
        return before

    def sleeps(self) -> None:
        """Wait until the prompt waits for keys: CPython loses a Ctrl-C between showing it and that (readline.c)."""
        end = time.monotonic() + 90
        while Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()[0] != "S":
            assert time.monotonic() < end, self.screen
            time.sleep(0.01)

    def ends(self) -> int:
        """Return the exit code."""
        with contextlib.suppress(OSError):
            while select.select([self._own], [], [], 60)[0]:
                self._read()
        return self.process.wait(60)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._own)

    def _read(self) -> None:
        self.screen += os.read(self._own, 65536).decode(errors="replace")


@pytest.fixture
def terminal(cli: Callable[..., Any], river: Path, environment: dict[str, str]) -> Iterator[Terminal]:
    cli("add", river)
    opened = Terminal(environment)
    yield opened
    opened.close()


def test_at_a_terminal_ctrl_c_stops_an_answer_and_ctrl_d_leaves(terminal: Terminal, model_server: Any) -> None:
    answers = model_server.chat
    model_server.chat = lambda _body: model_server.stream("{", hangs=True)
    model_server.arrived.clear()
    model_server.received.clear()
    terminal.shows("/quit leaves")
    terminal.shows("> ")
    terminal.types("How long is the Tessel?\n")
    end = time.monotonic() + 90
    while not model_server.chats:
        assert time.monotonic() < end, terminal.screen
        time.sleep(0.05)
    terminal.types("\x03")
    terminal.shows("Stopped.")
    assert model_server.disconnected.wait(5)
    model_server.chat = answers
    terminal.shows("> ")
    terminal.types("Who built the ferry?\n")
    terminal.shows("answered")
    terminal.shows("[1] The Tessel, page 1")
    terminal.shows("> ")
    terminal.sleeps()
    terminal.types("\x03")
    terminal.shows("/quit or Ctrl-D leaves.")
    terminal.types("/help\n")
    terminal.shows("The only command is /quit.")
    terminal.shows("> ")
    terminal.types("\x04")
    assert terminal.ends() == 0
    assert "Traceback" not in terminal.screen
