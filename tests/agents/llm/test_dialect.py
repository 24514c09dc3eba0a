import pytest
from longreader.agents.errors import ModelUnavailable
from longreader.agents.llm import Server, discover
from longreader.agents.llm.dialect import is_loopback, server_root
from longreader.graph_store.errors import ConfigurationError


def models(*names: str, **fields: object) -> dict[str, object]:
    return {"object": "list", "data": [{"id": name, "object": "model", **fields} for name in names]}


async def test_vllm(loopback_server):
    loopback_server.routes["/v1/models"] = models("qwen", max_model_len=8192, owned_by="vllm")
    loopback_server.routes["/version"] = {"version": "0.32.0"}
    found = await discover(loopback_server.url + "/v1/")
    assert found == Server(
        loopback_server.url,
        "vllm",
        "qwen",
        8192,
        slots=16,
        counts_tokens=True,
        switches_thinking=True,
        takes_priority=True,
        version="0.32.0",
    )


async def test_vllm_behind_a_router_that_tells_no_version(loopback_server):
    loopback_server.routes["/v1/models"] = models("qwen", max_model_len=8192)
    found = await discover(loopback_server.url)
    assert (found.kind, found.version) == ("vllm", "")


async def test_llama_server(loopback_server):
    loopback_server.routes["/v1/models"] = models("qwen.gguf", meta={"n_ctx_train": 32768})
    loopback_server.routes["/props"] = {"total_slots": 4, "default_generation_settings": {"n_ctx": 4096}}
    found = await discover(loopback_server.url)
    assert found == Server(
        loopback_server.url,
        "llama-server",
        "qwen.gguf",
        4096,
        slots=4,
        counts_tokens=True,
        switches_thinking=True,
    )


async def test_the_file_that_a_llama_server_of_this_machine_serves(loopback_server, tmp_path):
    weights = tmp_path / "qwen.gguf"
    props = {"total_slots": 1, "default_generation_settings": {"n_ctx": 4096}, "model_path": str(weights)}
    loopback_server.routes["/v1/models"] = models("qwen.gguf")
    loopback_server.routes["/props"] = props
    assert (await discover(loopback_server.url)).weights is None
    weights.touch()
    assert (await discover(loopback_server.url)).weights == weights


async def test_llama_cpp_python(loopback_server):
    loopback_server.routes["/v1/models"] = models("qwen", owned_by="me")
    loopback_server.routes["/openapi.json"] = {"info": {"title": "🦙 llama.cpp Python API", "version": "0.3.36"}}
    found = await discover(loopback_server.url, window_tokens=4096)
    assert found == Server(
        loopback_server.url,
        "llama-cpp-python",
        "qwen",
        4096,
        structured_output="json_object",
        streams_usage=False,
    )


async def test_any_other_server_is_taken_for_openai(loopback_server):
    loopback_server.routes["/v1/models"] = models("a", "b")
    loopback_server.routes["/openapi.json"] = ["not", "an", "object"]
    loopback_server.routes["/props"] = b"<html>"
    found = await discover(loopback_server.url, api_key="key", model="b", window_tokens=5000)
    assert (found.kind, found.model, found.window_tokens) == ("openai", "b", 5000)
    assert not found.counts_tokens
    assert {request.headers["authorization"] for request in loopback_server.received} == {"Bearer key"}


@pytest.mark.parametrize(("wanted", "window_tokens"), [(4096, 4096), (100_000, 8192), (None, 8192)])
async def test_the_smaller_window_counts(loopback_server, wanted, window_tokens):
    loopback_server.routes["/v1/models"] = models("qwen", max_model_len=8192)
    assert (await discover(loopback_server.url, window_tokens=wanted)).window_tokens == window_tokens


async def test_an_unknown_window_must_be_set(loopback_server):
    loopback_server.routes["/v1/models"] = models("a")
    with pytest.raises(ConfigurationError) as caught:
        await discover(loopback_server.url)
    assert "window" in caught.value.hint


@pytest.mark.parametrize("model", [None, "c"])
async def test_a_model_must_be_chosen_from_those_served(loopback_server, model):
    loopback_server.routes["/v1/models"] = models("a", "b")
    with pytest.raises(ConfigurationError) as caught:
        await discover(loopback_server.url, model=model, window_tokens=4096)
    assert caught.value.fields["served"] == ["a", "b"]


async def test_nobody_there():
    with pytest.raises(ModelUnavailable):
        await discover("http://127.0.0.1:9/v1")


@pytest.mark.parametrize("body", [b"<html>hello</html>", {"hello": 1}, [], {"data": 3}, {"data": None}])
async def test_not_a_model_server(loopback_server, body):
    loopback_server.routes["/v1/models"] = body
    with pytest.raises(ModelUnavailable):
        await discover(loopback_server.url, window_tokens=4096)


async def test_a_server_without_a_list_of_models(loopback_server):
    with pytest.raises(ModelUnavailable) as caught:
        await discover(loopback_server.url)
    assert caught.value.fields["status"] == 404


def test_urls():
    assert server_root("http://host:1/v1/") == server_root("http://host:1") == "http://host:1"
    assert server_root("https://host/api/v1") == "https://host/api"
    assert is_loopback("http://127.0.0.1:8000/v1")
    assert is_loopback("http://[::1]:8000")
    assert not is_loopback("http://127.0.0.1.example.org")
