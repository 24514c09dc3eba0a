"""The compose file: its form, its pins, and the order in which each profile starts."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((Path(__file__).parent / "data" / "compose-spec.json").read_text(encoding="utf-8"))
DEPLOYMENT = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
ORDERS = {
    "gpu": [{"vllm"}, {"app"}],
    "cpu": [{"llama"}, {"app"}],
    "scale": [{"postgres", "vllm-0", "vllm-1"}, {"router"}, {"worker"}, {"gate"}],
}
PINNED = re.compile(r"[\w./-]+:v?[\w.-]*\d+(\.\d+)*[\w.-]*")
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)")


def enabled(services: dict[str, Any], profile: str) -> dict[str, Any]:
    return {name: service for name, service in services.items() if profile in service["profiles"]}


def start_order(services: dict[str, Any]) -> list[set[str]]:
    """The groups that start one after another: each waits for the health of those that it depends on."""
    waits = {name: set(service.get("depends_on", {})) & set(services) for name, service in services.items()}
    order: list[set[str]] = []
    while waits:
        ready = {name for name, others in waits.items() if not others & set(waits)}
        assert ready, f"in a circle: {waits}"
        order.append(ready)
        waits = {name: others for name, others in waits.items() if name not in ready}
    return order


def test_it_fits_the_schema_of_the_compose_specification(compose):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(compose)


def test_the_schema_refuses_what_is_misspelt(compose):
    wrong = compose | {"services": compose["services"] | {"app": {"image": "a", "health_check": {}}}}
    with pytest.raises(jsonschema.ValidationError, match="health_check"):
        jsonschema.Draft202012Validator(SCHEMA).validate(wrong)


@pytest.mark.parametrize("profile", ORDERS)
def test_each_profile_starts_in_the_order_that_the_page_tells(services, profile):
    order = start_order(enabled(services, profile))
    assert order == ORDERS[profile]
    told = " → ".join(", ".join(f"`{name}`" for name in sorted(group)) for group in order)
    assert f"`{profile}`: {told}" in DEPLOYMENT


def test_every_service_has_a_profile_and_a_health_check_that_others_wait_for(services):
    for name, service in services.items():
        assert set(service["profiles"]) <= set(ORDERS), name
        check = service["healthcheck"]
        assert check["test"][0] == "CMD", name
        assert {"interval", "timeout", "retries", "start_period"} < set(check), name
        for other, wait in service.get("depends_on", {}).items():
            assert wait["condition"] == "service_healthy", (name, other)
            # One that another profile has must not be asked for.
            assert wait.get("required", True) == (set(service["profiles"]) <= set(services[other]["profiles"]))


def test_every_image_is_pinned(services):
    for name, service in services.items():
        assert PINNED.fullmatch(service["image"]), name
        assert not service["image"].endswith("latest"), name
    inline = services["router"]["build"]["dockerfile_inline"]
    assert re.search(r"^FROM python:\d+\.\d+\.\d+-", inline, re.MULTILINE)
    assert re.search(r"vllm-router==\d+\.\d+\.\d+", inline)
    assert services["router"]["image"].rpartition(":")[2] in inline


@pytest.mark.parametrize("profile", ORDERS)
def test_each_profile_has_one_model_server_under_the_name_that_the_workers_call(services, profile):
    chosen = enabled(services, profile)
    networks = {name: service.get("networks", {}).get("default", {}) for name, service in chosen.items()}
    named = [name for name, network in networks.items() if "model" in network.get("aliases", [])]
    assert len(named) == 1
    assert "--port 8000" in chosen[named[0]]["command"]
    readers = [service for service in chosen.values() if "LONGREADER_MODEL__URL" in service.get("environment", {})]
    assert [service["environment"]["LONGREADER_MODEL__URL"] for service in readers] == ["http://model:8000/v1"]


def test_vllm_is_started_as_longreader_wants_it(services):
    for name in ("vllm", "vllm-0", "vllm-1"):
        command = services[name]["command"].split()
        wanted = {"--enable-prefix-caching", "--enable-prompt-tokens-details", "--max-model-len"}
        assert wanted < set(command), name
        assert command[command.index("--scheduling-policy") + 1] == "priority"
        assert command[command.index("--structured-outputs-config.backend") + 1] == "guidance"
        (device,) = services[name]["deploy"]["resources"]["reservations"]["devices"]
        assert (device["driver"], device["capabilities"]) == ("nvidia", ["gpu"])
    devices = [services[name]["deploy"]["resources"]["reservations"]["devices"][0] for name in ("vllm-0", "vllm-1")]
    assert [device["device_ids"] for device in devices] == [["0"], ["1"]]
    assert all(f"http://{name}:8000" in services["router"]["command"] for name in ("vllm-0", "vllm-1"))


def test_only_the_way_in_is_published_and_only_on_this_machine(services):
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert set(published) == {"app", "gate"}
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)


def test_the_workers_share_one_database(services):
    worker = services["worker"]["environment"]
    assert re.fullmatch(
        r"postgresql://longreader:\$\{POSTGRES_PASSWORD-\}@postgres/longreader", worker["LONGREADER_DATABASE_URL"]
    )
    assert services["postgres"]["environment"]["POSTGRES_USER"] == "longreader"
    assert "LONGREADER_DATABASE_URL" not in services["app"]["environment"]


def test_the_example_of_an_environment_names_each_variable_and_no_other():
    used = set(VARIABLE.findall((ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    example = re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(example) == used | {"COMPOSE_PROFILES"}
    assert len(example) == len(set(example))


def test_the_defaults_are_those_of_the_example():
    example = dict(re.findall(r"^(\w+)=(.*)$", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    defaults = re.findall(r"\$\{(\w+):?-([^}]*)\}", (ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert dict(defaults) == {name: example[name] for name, _ in defaults}
