import sys
from pathlib import Path

import pytest
from longreader.app import server_command
from longreader.app.server_command import ServerCommand, command_line, find_server
from longreader.graph_store.errors import ConfigurationError


def make_llama_server(folder: Path, help_text: str) -> str:
    program = folder / "llama-server"
    program.write_text(f"#!/bin/sh\necho '{help_text}'\n")
    program.chmod(0o755)
    return str(program)


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script")
def test_llama_server_on_the_path_is_preferred(tmp_path, monkeypatch):
    program = make_llama_server(tmp_path, "")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_server() == ServerCommand("llama-server", (program,))


def test_without_any_server_the_hint_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(server_command.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ConfigurationError) as raised:
        find_server()
    assert "longreader[cpu]" in raised.value.hint


def test_llama_cpp_python_listens_on_loopback_and_does_not_interrupt():
    line = command_line(ServerCommand("llama-cpp-python", ("server",)), Path("/models/a.gguf"), 1234, 8192)
    options = dict(zip(line[1::2], line[2::2], strict=True))
    assert options["--host"] == "127.0.0.1"
    assert options["--port"] == "1234"
    assert options["--n_ctx"] == "8192"
    assert options["--interrupt_requests"] == "false"
    assert options["--model_alias"] == "a"


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script")
def test_llama_server_gets_only_flags_that_it_knows(tmp_path):
    program = make_llama_server(tmp_path, "--no-webui  Disable the Web UI")
    line = command_line(ServerCommand("llama-server", (program,)), Path("a.gguf"), 1, 4096)
    assert "--no-webui" in line
    assert "--jinja" not in line
    assert line[line.index("--parallel") + 1] == "1"
    assert line[line.index("--ctx-size") + 1] == "4096"
