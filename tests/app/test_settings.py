"""The settings and their table in docs/settings.md, compared both ways."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from longreader.app.settings import Settings
from longreader.graph_store.errors import ConfigurationError
from pydantic import BaseModel

TABLE = Path(__file__).parents[2] / "docs" / "settings.md"


def described(model: type[BaseModel], prefix: str = "LONGREADER_") -> Iterator[tuple[str, str]]:
    for name, field in model.model_fields.items():
        variable = f"{prefix}{name}".upper()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from described(field.annotation, f"{variable}__")
        else:
            assert field.description, f"{variable} has no description"
            yield variable, field.description


def test_the_table_lists_every_setting_with_its_description_and_no_other():
    rows = re.findall(r"^\| `(LONGREADER_\w+)` \| [^|]* \| (.*) \|$", TABLE.read_text(encoding="utf-8"), re.MULTILINE)
    assert dict(rows) == {name: text.replace("|", "\\|") for name, text in described(Settings)}


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("LONGREADER_DATA_FOLDER", str(tmp_path))
    monkeypatch.setenv("LONGREADER_MODEL__URL", "http://127.0.0.1:8000/v1")
    monkeypatch.setenv("LONGREADER_READING__BUDGET__TOKENS", "1234")
    settings = Settings()
    assert (settings.data_folder, settings.model.url) == (tmp_path, "http://127.0.0.1:8000/v1")
    assert settings.reading.budget.tokens == 1234


def test_a_wrong_value_names_its_variable(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LONGREADER_INGEST__CHUNK_TOKENS", "many")
    monkeypatch.setenv("LONGREADER_READING__MODE", "guess")
    with pytest.raises(ConfigurationError) as caught:
        Settings()
    first, second = caught.value.message.splitlines()
    assert first.startswith("LONGREADER_INGEST__CHUNK_TOKENS: ")
    assert second.startswith("LONGREADER_READING__MODE: ")
    assert caught.value.fields["settings"] == ["ingest.chunk_tokens", "reading.mode"]


def test_a_word_in_place_of_a_group_names_the_group(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LONGREADER_MODEL", "qwen")
    with pytest.raises(ConfigurationError, match="LONGREADER_MODEL is a group"):
        Settings()


def test_a_wrong_value_from_the_program_is_refused_alike(tmp_path: Path):
    with pytest.raises(ConfigurationError, match="READING__MODE"):
        Settings.model_validate({"reading": {"mode": "guess"}})
    with pytest.raises(ConfigurationError, match="LONGREADER_FOLDER"):
        Settings.model_validate({"folder": tmp_path})
