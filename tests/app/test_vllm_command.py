import sys
from pathlib import Path

import pytest
from longreader.app.server_command import ServerCommand, command_line, find_vllm, served_name
from longreader.app.vllm_command import model_folder
from longreader.graph_store.errors import ConfigurationError


def make_interpreter(folder: Path, code: int) -> Path:
    """An interpreter that has vLLM (0) or has not (1)."""
    program = folder / "python"
    program.write_text(f"#!/bin/sh\nexit {code}\n")
    program.chmod(0o755)
    return program


def test_the_vllm_of_another_environment_is_found(tmp_path):
    python = make_interpreter(tmp_path, 0)
    found = find_vllm(python, "--quantization awq --hf-overrides '{\"a\": 1}'")
    assert (found.kind, found.program[0]) == ("vllm", str(python))
    assert found.arguments == ("--quantization", "awq", "--hf-overrides", '{"a": 1}')


def test_a_link_to_an_interpreter_is_not_followed(tmp_path):
    # Where it lies decides which environment it is.
    link = tmp_path / "python"
    link.symlink_to(make_interpreter(Path(tmp_path / "..").resolve(), 0))
    assert find_vllm(link, "").program[0] == str(link)


@pytest.mark.parametrize("made", [True, False])
def test_an_environment_without_vllm_says_what_to_do(tmp_path, made):
    python = make_interpreter(tmp_path, 1) if made else tmp_path / "none"
    with pytest.raises(ConfigurationError) as raised:
        find_vllm(python, "")
    assert "LONGREADER_MODEL__VLLM_PYTHON" in raised.value.hint


def test_this_environment_is_looked_into_by_itself():
    # The tests' environment has no vLLM: it would bring another torch.
    with pytest.raises(ConfigurationError, match=sys.executable):
        find_vllm(None, "")


def test_arguments_with_an_open_quotation_mark_are_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="VLLM_ARGUMENTS"):
        find_vllm(make_interpreter(tmp_path, 0), "--a 'b")


def test_the_command_is_for_loopback_and_for_questions_first(tmp_path):
    model = tmp_path / "Qwen2.5-7B"
    model.mkdir()
    line = command_line(ServerCommand("vllm", ("python", "-m", "vllm"), ("--max-model-len", "9")), model, 1234, 8192)
    options = dict(zip(line[3:19:2], line[4:19:2], strict=True))
    assert options == {
        "--model": str(model),
        "--served-model-name": "Qwen2.5-7B",
        "--host": "127.0.0.1",
        "--port": "1234",
        "--max-model-len": "8192",
        "--scheduling-policy": "priority",
        "--structured-outputs-config.backend": "guidance",
        "--generation-config": "vllm",
    }
    assert {"--enable-prefix-caching", "--enable-prompt-tokens-details"} < set(line)
    assert line[-2:] == ["--max-model-len", "9"]  # what a person set comes last, and so counts
    assert not any("key" in word for word in line)


def test_a_model_folder_is_one_with_a_config(tmp_path):
    with pytest.raises(ConfigurationError, match="not the folder"):
        model_folder(str(tmp_path))
    (tmp_path / "config.json").write_text("{}")
    assert model_folder(str(tmp_path)) == tmp_path.resolve()


def test_a_name_with_dots_stays_whole_for_a_folder(tmp_path):
    (tmp_path / "Qwen2.5").mkdir()
    assert served_name(tmp_path / "Qwen2.5") == "Qwen2.5"
    assert served_name(tmp_path / "qwen2.5-q4.gguf") == "qwen2.5-q4"
