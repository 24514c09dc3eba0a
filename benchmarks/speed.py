"""Measures speed and memory, prints a table and writes benchmarks/results/speed.json.

    python benchmarks/speed.py [--only ingest long overhead collection] [--full] [--model] [--profile]

Needs the vocabulary of the default weights (`longreader model pull`); the model itself runs only with --model. Each
part runs in a process of its own that has loaded nothing before. Figures of a run with --only replace those in the
file and leave the others.
"""

import argparse
import json
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from generated_text import report
from overhead import overhead_ratio
from peak_memory import PeakMemory
from sampled_profile import SampledProfile

RESULTS = Path(__file__).parent / "results" / "speed.json"
LIMITS = {
    "ingest_100k_words_seconds": 60.0,
    "peak_memory_mb": 1536.0,
    "ingest_linear_ratio": 1.2,
    "overhead_ratio": 1.05,
    "open_15k_nodes_seconds": 1.0,
    "search_ms": 50.0,
    "search_worst_ms": 50.0,
    "delete_seconds": 2.0,
}
WORDS = 100_000
DOCUMENTS = 100
DOCUMENT_WORDS = 1_100
NODES = 15_000
SEARCHES = 50
DELETIONS = 3


def ingest(folder: Path, word_count: int, profiled: bool) -> tuple[float, float, str]:
    """Return the seconds of adding a report, with all that is loaded for it, those of the processor, the profile."""
    from longreader import Reader

    path = folder / "report.md"
    path.write_text(report(word_count), encoding="utf-8")
    with Reader(folder / "data") as reader, SampledProfile(enabled=profiled) as profile:
        started, used = time.perf_counter(), _cpu_seconds()
        reader.add(path)
        seconds, cpu_seconds = time.perf_counter() - started, _cpu_seconds() - used
    return seconds, cpu_seconds, profile.table() if profiled else ""


def _cpu_seconds() -> float:
    """Return the processor's seconds of this process and its children: they tell more where others work too."""
    return sum(os.times()[:4])


def fill(folder: Path) -> None:
    """Make a collection of 100 documents with 15,000 nodes."""
    from longreader import Reader

    with Reader(folder) as reader:
        for number in range(DOCUMENTS):
            path = folder / "report.md"
            path.write_text(report(DOCUMENT_WORDS, seed=number), encoding="utf-8")
            reader.add(path)
            path.unlink()


def open_collection(folder: Path) -> tuple[float, int]:
    """Return the seconds from nothing to a collection that can be searched and walked, and its nodes."""
    from longreader.graph_store.store import Store

    started = time.perf_counter()
    with Store.open(folder) as store:
        collection = store.collection()
        collection.load_index()
        node_count = collection.graph.node_count
        return time.perf_counter() - started, node_count


def search(folder: Path) -> list[float]:
    """Return the seconds of searches for different questions, each embedded anew."""
    import asyncio

    from longreader.graph_store.store import Store

    async def searched() -> list[float]:
        seconds = []
        for query in queries:
            started = time.perf_counter()
            await collection.search(query)
            seconds.append(time.perf_counter() - started)
        return seconds[1:]

    with Store.open(folder) as store:
        collection = store.collection()
        # The first one, which loads the embedder, is not counted.
        queries = [f"Who {sentence.partition(' ')[2][:80]}?" for sentence in report(3_000, seed=7).split(". ")]
        queries = queries[: SEARCHES + 1]
        return asyncio.run(searched())


def delete(folder: Path) -> list[float]:
    """Return the seconds of deletions of one document of the hundred, each with the index made anew."""
    from longreader import Reader

    seconds = []
    with Reader(folder) as reader:
        for document in reader.documents()[10 : 10 + DELETIONS]:
            started = time.perf_counter()
            reader.delete(document.document_id)
            seconds.append(time.perf_counter() - started)
    return seconds


def alone(measure: Callable[..., Any], *arguments: object) -> tuple[Any, float]:
    """Run a function in a new process; return what it returned and the most memory that it and its children held."""
    here, there = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(target=_answer, args=(there, measure, arguments))
    process.start()
    there.close()
    assert process.pid is not None
    with PeakMemory(process.pid) as memory:
        measured = here.recv()
    process.join()
    return measured, memory.peak_bytes / (1 << 20)


def _answer(there: Connection, measure: Callable[..., Any], arguments: tuple[object, ...]) -> None:
    there.send(measure(*arguments))


def measure_ingest(folder: Path, options: argparse.Namespace) -> dict[str, float]:
    (seconds, cpu_seconds, profile), peak = alone(ingest, folder, WORDS, options.profile)
    print(profile)
    return {
        "ingest_100k_words_seconds": seconds,
        "ingest_100k_words_cpu_seconds": cpu_seconds,
        "peak_memory_mb": peak,
    }


def measure_long(folder: Path, options: argparse.Namespace) -> dict[str, float]:
    """A longer report against the usual one: 1 is linear."""
    word_count = 10 * WORDS if options.full else 3 * WORDS
    (short, short_cpu, _), _ = alone(ingest, _made(folder / "short"), WORDS, False)
    (long, long_cpu, profile), peak = alone(ingest, _made(folder / "long"), word_count, options.profile)
    print(profile)
    print(f"{word_count:,} words: {long:.1f} s and {peak:.0f} MB; {WORDS:,} words: {short:.1f} s")
    return {
        "ingest_linear_ratio": long / word_count / (short / WORDS),
        "ingest_linear_cpu_ratio": long_cpu / word_count / (short_cpu / WORDS),
        "ingest_linear_words": word_count,
        "ingest_linear_peak_memory_mb": peak,
    }


def measure_overhead(folder: Path, options: argparse.Namespace) -> dict[str, float]:
    (ratio, lines), _ = alone(overhead_ratio, folder, options.model)
    print(lines)
    return {"overhead_ratio": ratio}


def measure_collection(folder: Path, _options: argparse.Namespace) -> dict[str, float]:
    alone(fill, folder)
    opened = [alone(open_collection, folder)[0] for _ in range(3)]
    node_count = opened[0][1]
    assert node_count >= NODES, f"only {node_count} nodes"
    searched, _ = alone(search, folder)
    deleted, _ = alone(delete, folder)
    print(f"{node_count:,} nodes; opened in {[round(seconds, 2) for seconds, _ in opened]} s")
    return {
        "open_15k_nodes_seconds": min(seconds for seconds, _ in opened),
        "search_ms": statistics.median(searched) * 1000,
        "search_worst_ms": max(searched) * 1000,
        "delete_seconds": statistics.median(deleted),
    }


PARTS = {
    "ingest": measure_ingest,
    "long": measure_long,
    "overhead": measure_overhead,
    "collection": measure_collection,
}


def table(figures: dict[str, Any]) -> str:
    lines = ["| figure | measured | at most | load |", "|---|---|---|---|"]
    for name, limit in LIMITS.items():
        if name in figures:
            lines.append(f"| {name} | {figures[name]:,.3g} | {limit:,g} | {figures['load'][name]} |")
    return "\n".join(lines)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--full", action="store_true", help="read a million words, not three hundred thousand")
    parser.add_argument("--model", action="store_true", help="measure the overhead with the real model")
    parser.add_argument("--profile", action="store_true", help="print where the ingest spends its time")
    options = parser.parse_args()
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {"load": {}}
    for part in options.only:
        with tempfile.TemporaryDirectory() as folder:
            load = round(os.getloadavg()[0], 1)
            figures = PARTS[part](Path(folder), options)
        known.update({name: round(figure, 3) for name, figure in figures.items()})
        known["load"].update(dict.fromkeys(figures, load))
    known["core_count"] = len(os.sched_getaffinity(0))
    print(table(known))
    if not options.profile:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(known, indent=1) + "\n")


if __name__ == "__main__":
    main()
