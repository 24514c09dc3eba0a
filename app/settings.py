"""Settings of the application, and the only place that reads the environment (``LONGREADER_…``, ``__`` for nesting)."""

import re
from pathlib import Path
from typing import Any, Literal, Self

import platformdirs
from pydantic import (
    BaseModel,
    Field,
    ModelWrapValidatorHandler,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from ..agents.settings import ReadingSettings
from ..graph_store.errors import ConfigurationError
from ..graph_store.index_device import EmbeddingDevice, IndexDevice
from ..graph_store.note import NotesKind
from .server_command import ServerName

PREFIX = "LONGREADER_"
NESTED = "__"


class ModelSettings(BaseModel):
    """The model and its server."""

    url: str | None = Field(
        default=None, description="Base URL of a running OpenAI-compatible server; without it, one is started."
    )
    name: str | None = Field(default=None, description="Served model name, where a server offers several.")
    api_key: SecretStr | None = Field(default=None, description="Key for the server at the URL.")
    server: ServerName = Field(
        default="llama.cpp", description="Which server is started where no URL is set: llama.cpp or vllm."
    )
    weights: str = Field(
        default="qwen2.5-coder-1.5b",
        description="Weights of the server that is started: a name of `longreader model list`, a GGUF path, or "
        "`owner/repository/file.gguf` on the hub; for vllm the folder of a Hugging Face model.",
    )
    vllm_python: Path | None = Field(
        default=None, description="Python of the environment that vLLM is installed in; default: the one that runs."
    )
    vllm_arguments: str = Field(
        default="", description="Further arguments of the vLLM that is started, as on a command line."
    )
    slot_count: int | None = Field(
        default=None,
        ge=1,
        description="Most calls at once; default: what the server tells, 16 for vLLM, 4 for others that do not tell.",
    )
    window_tokens: int = Field(
        default=4096,
        ge=1024,
        description="Window of the embedded server. Of a server at a URL, the most that is used of its window; where "
        "it tells a smaller one, that.",
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
        default=None,
        description="Folder of a sentence-transformers model; default: all-MiniLM-L6-v2, which is built in.",
    )
    embedding_device: EmbeddingDevice = Field(
        default="cpu", description="Where vectors are computed: cpu, or cuda where torch finds a GPU."
    )
    index_device: IndexDevice = Field(
        default="cpu", description="Where vectors are searched: cpu, or cuda with the extra gpu."
    )


class ServiceSettings(BaseModel):
    """The REST service."""

    host: str = Field(default="127.0.0.1", description="Address that the service listens on.")
    port: int = Field(default=8420, ge=0, le=65_535, description="Port that the service listens on; 0 is any free one.")
    upload_bytes: int = Field(
        default=200_000_000,
        ge=1,
        le=200_000_000,
        description="Largest file that the service takes, in bytes; larger ones are never read.",
    )
    questions_per_minute: int = Field(default=120, ge=1, description="Most questions of a key in a minute.")
    tokens_per_minute: int = Field(
        default=1_000_000, ge=1, description="Most model tokens that questions of a key take in a minute."
    )
    fetch_urls: bool = Field(
        default=False, description="Whether the service fetches files from public addresses that clients name."
    )
    logs: Literal["text", "json"] = Field(
        default="text", description="How the service logs: text, or json (an object a line)."
    )
    opentelemetry: bool = Field(
        default=False,
        description="Report requests as OpenTelemetry's own variables (OTEL_…) say; needs fastapi[opentelemetry].",
    )
    running_question_count: int = Field(default=16, ge=1, description="Most questions that are read at once.")
    waiting_question_count: int = Field(
        default=64, ge=0, description="Most questions that wait for their turn; further ones are told to come again."
    )
    lost_after_seconds: float = Field(
        default=15.0,
        ge=1.0,
        description="How long a worker that shares a database may be silent before others take over its jobs; the same "
        "for all.",
    )


class Settings(BaseSettings):
    """All settings. What is handed in comes before what the environment says.

    Raises:
        ConfigurationError: a value does not fit; it names the setting and its environment variable.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter=NESTED, extra="forbid")

    data_folder: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("longreader")),
        description="Where documents, notes, vectors and traces are kept.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="A PostgreSQL database that keeps them instead, for any number of processes: "
        "postgresql://user:password@host/database. The data folder then holds only what is made anew from it.",
    )
    model: ModelSettings = Field(default_factory=ModelSettings, description="The model and its server.")
    ingest: IngestSettings = Field(default_factory=IngestSettings, description="How documents are taken in.")
    reading: ReadingSettings = Field(default_factory=ReadingSettings, description="How questions are read.")
    service: ServiceSettings = Field(default_factory=ServiceSettings, description="The REST service.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return where settings come from: what is handed in, then the environment, and no file."""
        return init_settings, _Environment(settings_cls)

    @field_validator("database_url")
    @classmethod
    def _usable(cls, url: SecretStr | None) -> SecretStr | None:
        told = url.get_secret_value().strip() if url else ""
        if told and not re.match(r"postgres(ql)?(\+psycopg)?://", told):
            raise ValueError("it is no URL of a PostgreSQL database")
        return SecretStr(told) if told else None

    @model_validator(mode="wrap")
    @classmethod
    def _named(cls, values: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(values)
        except ValidationError as error:
            raise refusal(error) from error


class _Environment(EnvSettingsSource):
    """The environment; where it holds a word in place of a group of settings, that is said."""

    def prepare_field_value(self, field_name: str, field: FieldInfo, value: Any, value_is_complex: bool) -> Any:
        try:
            return super().prepare_field_value(field_name, field, value, value_is_complex)
        except ValueError as error:
            name = f"{PREFIX}{field_name.upper()}"
            raise ConfigurationError(
                f"{name} is a group of settings, not one.", hint=f"Set what is in it: {name}{NESTED}…"
            ) from error


def refusal(error: ValidationError) -> ConfigurationError:
    """Return the error that names each setting whose value does not fit, one a line."""
    places = [[str(part) for part in one["loc"]] for one in error.errors()]
    told = zip(places, error.errors(), strict=True)
    lines = [f"{PREFIX}{NESTED.join(place).upper()}: {one['msg']}" for place, one in told]
    settings = [".".join(place) for place in places]
    return ConfigurationError(
        "\n".join(lines), hint="Change or unset it, in the environment or in the program.", settings=settings
    )
