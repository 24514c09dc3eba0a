"""Whatever fits the OpenAPI document is answered as it says: no 500, no undocumented status or form.

Event streams are tested with their routes. The short form tries each operation a few times, `make test-slow` often.
"""

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi import checks

CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]


@pytest.fixture
def service(serve: Callable[..., Any], playing_model: Any) -> Any:
    playing_model.play(delay_seconds=0.0)
    service = serve()
    with service.client() as client:
        job_id = service.upload(client, "tessel.md", b"# The Tessel\n\nThe Tessel is 212 km long.\n")
        assert service.ended(client, job_id)["status"] == "done"
    return service


def try_all(service: Any, example_count: int) -> None:
    schema = schemathesis.openapi.from_url(f"{service.url}/openapi.json")
    tried: list[str] = []
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=example_count,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=HealthCheck,
        )
        @given(case=operation.as_strategy())
        def try_one(case: schemathesis.Case) -> None:
            case.call_and_validate(checks=CHECKS, timeout=60)

        try_one()
        tried.append(operation.label)
    print(f"\n{len(tried)} operations, {example_count} requests each: {', '.join(tried)}")
    assert service.process.poll() is None


def test_every_operation(service: Any) -> None:
    try_all(service, 5)


@pytest.mark.slow
def test_every_operation_often(service: Any) -> None:
    try_all(service, 200)
