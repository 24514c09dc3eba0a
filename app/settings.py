"""Settings of the application, and the only place that reads the environment (``LONGREADER_…``, ``__`` for nesting)."""

from pathlib import Path

import platformdirs
from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from ..agents.settings import ReadingSettings
from ..graph_store.note import NotesKind


class ModelSettings(BaseModel):
    """The model and its server."""

    url: str | None = Field(
        default=None, description="Base URL of a running OpenAI-compatible server; without it, one is started."
    )
    name: str | None = Field(default=None, description="Served model name, where a server offers several.")
    api_key: SecretStr | None = Field(default=None, description="Key for the server at the URL.")
    weights: str = Field(
        default="qwen2.5-coder-1.5b",
        description="Weights of the embedded server: a name of `longreader model list`, a GGUF path, or a hub name.",
    )
    window_tokens: int = Field(
        default=4096, ge=1024, description="Window of the embedded server, and of servers that do not tell theirs."
    )
    cache_folder: Path = Field(
        default_factory=lambda: Path(platformdirs.user_cache_dir("longreader")) / "models",
        description="Where pulled weights are kept.",
    )
    offline: bool = Field(default=False, description="Never download; weights must be in the cache folder already.")


class IngestSettings(BaseModel):
    """How documents are taken in."""

    notes: NotesKind = Field(
        default="extractive",
        description="How notes are written: extractive (no model, seconds for a book) or llm (by the model, hours on a "
        "CPU). A collection goes on as it was begun.",
    )
    chunk_tokens: int = Field(default=1_200, ge=100, le=8_000, description="Most tokens of a chunk.")
    embedder: str | None = Field(
        default=None, description="A sentence-transformers model, by name or folder; default all-MiniLM-L6-v2."
    )


class Settings(BaseSettings):
    """All settings. Read from the environment, then from what is handed in."""

    model_config = SettingsConfigDict(env_prefix="LONGREADER_", env_nested_delimiter="__", extra="forbid")

    data_folder: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("longreader")),
        description="Where documents, notes, vectors and traces are kept.",
    )
    model: ModelSettings = Field(default_factory=ModelSettings, description="The model and its server.")
    ingest: IngestSettings = Field(default_factory=IngestSettings, description="How documents are taken in.")
    reading: ReadingSettings = Field(default_factory=ReadingSettings, description="How questions are read.")
