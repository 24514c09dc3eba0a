import pytest
from longreader.agents.errors import ModelUnavailable
from longreader.agents.llm import PrefixCache, Server, prefix_cache
from longreader.agents.llm.prefix_cache import read_prefix_cache

METRICS = """# HELP vllm:prefix_cache_queries_total Prefix cache queries, in terms of number of queried tokens.
# TYPE vllm:prefix_cache_queries_total counter
vllm:prefix_cache_queries_total{engine="0",model_name="qwen"} 4000.0
vllm:prefix_cache_queries_total{engine="1",model_name="qwen"} 1.2e+03
# TYPE vllm:prefix_cache_queries_created gauge
vllm:prefix_cache_queries_created{engine="0",model_name="qwen"} 1.7e+09
vllm:external_prefix_cache_queries_total{engine="0",model_name="qwen"} 7.0
vllm:prefix_cache_hits_total{engine="0",model_name="qwen"} 1000.0
vllm:prefix_cache_hits_total{engine="1",model_name="qwen"} 300.0
"""


def test_the_figures_of_all_engines_are_added():
    assert read_prefix_cache(METRICS) == PrefixCache(5200, 1300)
    assert PrefixCache(5200, 1300).share == 0.25
    assert PrefixCache(5200, 1300).since(PrefixCache(5000, 1200)) == PrefixCache(200, 100)


def test_metrics_of_something_else():
    assert read_prefix_cache("http_requests_total 3\n") is None
    assert PrefixCache(0, 0).share is None


async def test_only_a_vllm_is_asked(loopback_server):
    loopback_server.routes["/metrics"] = METRICS.encode()
    vllm = Server(loopback_server.url, "vllm", "qwen", 8192)
    assert await prefix_cache(vllm, "key") == PrefixCache(5200, 1300)
    assert loopback_server.received[0].headers["authorization"] == "Bearer key"
    assert await prefix_cache(Server(loopback_server.url, "llama-server", "qwen", 8192)) is None
    assert len(loopback_server.received) == 1


async def test_nobody_there():
    with pytest.raises(ModelUnavailable):
        await prefix_cache(Server("http://127.0.0.1:9", "vllm", "qwen", 8192))


async def test_a_router_without_metrics(loopback_server):
    assert await prefix_cache(Server(loopback_server.url, "vllm", "qwen", 8192)) is None
