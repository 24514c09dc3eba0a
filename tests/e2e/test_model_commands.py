from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def test_model_list_shows_what_is_here(cli: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "own.gguf").write_bytes(b"GGUF" + bytes(22_000_000))
    said = cli("model", "list", LONGREADER_MODEL__CACHE_FOLDER=str(tmp_path))
    assert said.code == 0
    rows = {row.split()[0]: row.split()[-1] for row in said.out.splitlines()[1:]}
    assert rows["qwen2.5-coder-1.5b"] == "no"
    assert rows["mine/own.gguf"] == "yes"


def test_model_path_prints_nothing_but_the_path(cli: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "own.gguf"
    path.write_bytes(b"GGUF")
    assert cli("model", "path", path).out == f"{path}\n"
    said = cli("model", "path", "no-such-model")
    assert (said.code, said.out) == (2, "")
    assert "qwen2.5-coder-1.5b" in said.err


def test_model_pull_prints_the_path(cli: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(_hub: str, _repository: str, file_name: str, partial: Path, progress: Callable[..., None]) -> None:
        progress(0, 100, "hub")
        partial.write_bytes(b"GGUF" + file_name.encode())

    monkeypatch.setattr("longreader.app.weights.download_from_hub", fetch)
    said = cli("model", "pull", "someone/some-model/small.gguf", LONGREADER_MODEL__CACHE_FOLDER=str(tmp_path))
    assert said.code == 0, said.err
    assert Path(said.out.strip()).read_bytes() == b"GGUFsmall.gguf"


def test_model_pull_offline_says_what_to_do(cli: Callable[..., Any], tmp_path: Path) -> None:
    said = cli("model", "pull", LONGREADER_MODEL__CACHE_FOLDER=str(tmp_path), LONGREADER_MODEL__OFFLINE="1")
    assert said.code == 2
    assert "hint:" in said.err


@pytest.fixture
def light_embedder(monkeypatch: pytest.MonkeyPatch) -> None:
    from longreader.graph_store.embedder import HashEmbedder

    monkeypatch.setattr("longreader.graph_store.sentence_embedder.SentenceEmbedder", lambda *_: HashEmbedder())


@pytest.mark.usefixtures("light_embedder")
def test_doctor_finds_everything_in_order(cli: Callable[..., Any], model_server: Any) -> None:
    said = cli("doctor")
    assert said.code == 0, said.out
    assert {line.split()[0] for line in said.out.splitlines()} == {"ok"}
    assert f"{model_server.url}: test-model" in said.out


@pytest.mark.usefixtures("light_embedder")
def test_doctor_names_each_problem_and_goes_on(
    cli: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LONGREADER_MODEL__URL")
    (tmp_path / "file").touch()
    weights = tmp_path / "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
    weights.write_bytes(b"GGUF")
    said = cli("doctor", LONGREADER_DATA_FOLDER=str(tmp_path / "file"), LONGREADER_MODEL__CACHE_FOLDER=str(tmp_path))
    assert said.code == 1
    problems = [line for line in said.out.splitlines() if line.startswith("problem")]
    assert any(str(tmp_path / "file") in line for line in problems)
    assert any("4 bytes instead of 1,117,320,768" in line for line in problems)
    assert "ok       FAISS" in said.out
