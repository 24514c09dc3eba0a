"""The OpenAPI document is complete: every operation and value told, with examples, and every problem documented."""

from collections.abc import Iterator
from typing import Any

import pytest
from longreader.app.service.api import create_app
from longreader.app.service.hub import Hub
from longreader.app.settings import Settings

PUBLIC = {"/healthz", "/readyz"}


@pytest.fixture
def document(settings: Settings) -> dict[str, Any]:
    return create_app(Hub(settings)).openapi()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield f"{method} {path}", path, operation


def test_every_operation_is_told(document: dict[str, Any]):
    for name, _, operation in operations(document):
        assert operation["summary"], name
        assert operation["description"], name
        assert operation["tags"], name


def test_operation_ids_are_told_apart(document: dict[str, Any]):
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(set(ids)) == len(ids)


def test_every_parameter_is_told(document: dict[str, Any]):
    silent = {
        f"{name}: {parameter['name']}"
        for name, _, operation in operations(document)
        for parameter in operation.get("parameters", ())
        if not (parameter.get("description") or parameter["schema"].get("examples"))
    }
    assert silent == set()


def test_every_model_is_told(document: dict[str, Any]):
    schemas = document["components"]["schemas"]
    assert [name for name, schema in schemas.items() if not schema.get("description")] == []


def test_every_problem_is_documented_with_an_example(document: dict[str, Any]):
    for name, path, operation in operations(document):
        responses = operation["responses"]
        assert any(status.startswith("2") for status in responses), name
        if path not in PUBLIC and not path.startswith(("/v1/chat/completions", "/v1/models")):
            assert {"401", "403", "413", "421", "422", "429", "503"} <= responses.keys(), name
        if "{" in path and "{collection}/documents" not in path:
            assert "404" in responses, name
        for status, response in responses.items():
            for media_type, content in response.get("content", {}).items():
                if media_type == "application/problem+json":
                    assert content["examples"], (name, status)
                    for example in content["examples"].values():
                        assert str(example["value"]["status"]) == status, name


def test_bodies_have_examples(document: dict[str, Any]):
    schemas = document["components"]["schemas"]
    for name, _, operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            schema = content["schema"]
            schema = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
            for field in schema.get("required", ()):
                told = schema["properties"][field]
                assert told.keys() & {"examples", "items", "$ref"}, f"{name}: {field}"
