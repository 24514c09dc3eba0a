"""Prometheus metrics of one service: questions, model calls, ingest, requests, the process. No name of a tenant, key,
collection or document is in them."""

import time
from collections.abc import Callable, Iterator

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ...agents.answer import Answer
from ...graph_store.progress import Progress
from ..observed_model import ObservedCall

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_SECONDS = (0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0)


class Metrics:
    """The metrics of one application."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        self._requests = Histogram(
            "longreader_request_seconds",
            "Time until a response was sent to its end.",
            ["method", "route", "status"],
            registry=registry,
            buckets=_SECONDS,
        )
        self._questions = Counter(
            "longreader_questions", "Questions, by how they ended.", ["outcome"], registry=registry
        )
        self._question_seconds = Histogram(
            "longreader_question_seconds", "Time from asking to the answer.", registry=registry, buckets=_SECONDS
        )
        self._question_wait_seconds = Histogram(
            "longreader_question_wait_seconds", "Part of it before reading began.", registry=registry, buckets=_SECONDS
        )
        self._calls = Counter(
            "longreader_model_calls",
            "Model calls that were not answered from the cache.",
            ["purpose", "outcome"],
            registry=registry,
        )
        self._call_seconds = Histogram(
            "longreader_model_call_seconds", "Time of a model call.", ["purpose"], registry=registry, buckets=_SECONDS
        )
        self._call_wait_seconds = Histogram(
            "longreader_model_call_wait_seconds",
            "Part of it in which no slot of the server was free.",
            registry=registry,
            buckets=_SECONDS,
        )
        self._tokens = Counter(
            "longreader_model_tokens",
            "Tokens read and written; reused are those of the read that the server had still computed.",
            ["kind"],
            registry=registry,
        )
        self._cached = Counter("longreader_cached_replies", "Model calls answered from the cache.", registry=registry)
        self._malformed = Counter(
            "longreader_malformed_replies",
            "Replies that did not match the asked schema.",
            ["purpose"],
            registry=registry,
        )
        self._stage_seconds = Histogram(
            "longreader_ingest_stage_seconds",
            "Time of a stage of reading a document.",
            ["stage"],
            registry=registry,
            buckets=_SECONDS,
        )

    def add_gauge(self, name: str, text: str, label: str, values: Callable[[], dict[str, int]]) -> None:
        """Add figures that are looked up whenever metrics are asked for, one a value of the label."""
        self._registry.register(_Gauge(name, text, label, values))

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(method, route, str(status)).observe(seconds)

    def question(self, answer: Answer, seconds: float, waited_seconds: float) -> None:
        """Count a question that was answered."""
        self._questions.labels(answer.status.value).inc()
        self._question_seconds.observe(seconds)
        self._question_wait_seconds.observe(waited_seconds)

    def unanswered(self, outcome: str) -> None:
        """Count a question that was not answered: an error's code, or "cancelled"."""
        self._questions.labels(outcome).inc()

    def call(self, call: ObservedCall) -> None:
        """Count a model call."""
        if call.is_repair:
            self._malformed.labels(call.purpose).inc()
        if call.from_cache:
            self._cached.inc()
            return
        self._calls.labels(call.purpose, call.outcome).inc()
        self._call_seconds.labels(call.purpose).observe(call.seconds)
        self._call_wait_seconds.observe(call.waited_seconds)
        self._tokens.labels("read").inc(call.prompt_tokens)
        self._tokens.labels("written").inc(call.completion_tokens)
        self._tokens.labels("reused").inc(call.reused_prompt_tokens)

    def stages(self) -> "StageClock":
        """Return a clock for the stages of one document."""
        return StageClock(self._stage_seconds)

    def exposition(self) -> bytes:
        """Return all metrics in Prometheus's text form."""
        return generate_latest(self._registry)


class StageClock:
    """Times the stages of one document from the progress that is reported of it."""

    def __init__(self, seconds: Histogram) -> None:
        self._seconds = seconds
        self._begun: dict[str, float] = {}

    def report(self, progress: Progress) -> None:
        """Take a stage's progress."""
        now = time.monotonic()
        begun = self._begun.setdefault(progress.stage, now)
        if progress.done_count == progress.total_count:
            self._seconds.labels(progress.stage).observe(now - begun)


class _Gauge(Collector):
    """Figures that are looked up when they are asked for."""

    def __init__(self, name: str, text: str, label: str, values: Callable[[], dict[str, int]]) -> None:
        self._name = name
        self._text = text
        self._label = label
        self._values = values

    def collect(self) -> Iterator[Metric]:
        """Look them up."""
        family = GaugeMetricFamily(self._name, self._text, labels=[self._label])
        for name, value in self._values().items():
            family.add_metric([name], value)
        yield family
