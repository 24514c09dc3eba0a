"""Asks the example's questions in each mode and prints a table: right answers, citations on gold spans, cost.

    python benchmarks/example_questions.py [--modes retrieve auto graph] [--kinds two_hop …] [--every N]

Runs the model of the settings. Replies are cached in the data folder, so a run that was cut off goes on where it
stopped; seconds are then those of the calls when they were made. Writes benchmarks/results/example-MODES.json.
"""

import argparse
import json
import re
import string
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from longreader import Answer, Reader, ReaderError, Status
from longreader.graph_store.quote import find_quote

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results"


def words(text: str) -> list[str]:
    """SQuAD's normalisation: lower case, no punctuation, no articles."""
    text = "".join(" " if character in string.punctuation else character for character in text.lower())
    return re.sub(r"\b(a|an|the)\b", " ", text).split()


def f1(answer: str, gold: str) -> float:
    ours, theirs = words(answer), words(gold)
    same = sum((Counter(ours) & Counter(theirs)).values())
    return 2 * same / (len(ours) + len(theirs)) if same else 0.0


def is_right(answer: Answer, golds: list[str]) -> bool:
    """An unanswerable question must be refused; else a gold answer must stand in the answer, or overlap it well."""
    if not golds:
        return answer.status == Status.NOT_IN_DOCUMENT
    said = f" {' '.join(words(answer.text))} "
    return any(f" {' '.join(words(gold))} " in said or f1(answer.text, gold) >= 0.6 for gold in golds)


def gold_spans(text: str, question: dict[str, Any]) -> list[tuple[int, int]]:
    found = [find_quote(text, quote) for quote in question["spans"]]
    return [(span.start, span.end) for span in found if span]


def cites_gold(answer: Answer, spans: list[tuple[int, int]]) -> bool:
    return any(c.start < end and start < c.end for c in answer.citations for start, end in spans)


def ask(reader: Reader, text: str, question: dict[str, Any], mode: str) -> dict[str, Any]:
    try:
        answer = reader.ask(question["question"], mode=mode)  # pyright: ignore[reportArgumentType]
    except ReaderError as error:
        return {"id": question["id"], "kind": question["kind"], "mode": mode, "error": error.code}
    trace = reader.trace(answer.trace_id)
    spans = gold_spans(text, question)
    return {
        "id": question["id"],
        "kind": question["kind"],
        "mode": mode,
        "status": answer.status.value,
        "text": answer.text,
        "gold": question["answers"][:1],
        "right": is_right(answer, question["answers"]),
        "cited": bool(answer.citations),
        "cites_gold": cites_gold(answer, spans),
        "tokens": answer.usage.prompt_tokens + answer.usage.completion_tokens,
        "calls": answer.usage.call_count,
        "seconds": round(sum(call.seconds for call in trace.calls if not call.from_cache), 1),
        "malformed": sum(call.finish_reason not in ("stop",) for call in trace.calls),
        "confidence": answer.confidence,
        "trace_id": answer.trace_id,
    }


def table(rows: list[dict[str, Any]]) -> str:
    lines = ["| mode | kind | questions | right | refused | cite gold / answered with citation | tokens | calls |"]
    lines.append("|---|---|---|---|---|---|---|---|")
    groups: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[row["mode"], row["kind"]].append(row)
        groups[row["mode"], "all"].append(row)
    for (mode, kind), group in sorted(groups.items()):
        done = [row for row in group if "error" not in row]
        cited = [row for row in done if row["cited"] and row["kind"] != "unanswerable"]
        gold = sum(row["cites_gold"] for row in cited)
        refused = sum(row["status"] == "not_in_document" for row in done)
        tokens = sum(row["tokens"] for row in done) // max(len(done), 1)
        calls = sum(row["calls"] for row in done) / max(len(done), 1)
        right = sum(row["right"] for row in done)
        lines.append(
            f"| {mode} | {kind} | {len(group)} | {right} | {refused} | {gold} / {len(cited)} | {tokens} | {calls:.1f} |"
        )
    return "\n".join(lines)


def sample(questions: list[dict[str, Any]], every: int) -> list[dict[str, Any]]:
    """Every n-th question of each kind, beginning with the first."""
    seen: Counter[str] = Counter()
    kept = []
    for question in questions:
        if seen[question["kind"]] % every == 0:
            kept.append(question)
        seen[question["kind"]] += 1
    return kept


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--modes", nargs="+", default=["retrieve", "auto", "graph"])
    parser.add_argument("--kinds", nargs="+")
    parser.add_argument("--every", type=int, default=1, help="take every n-th question of each kind")
    parser.add_argument("--data", type=Path, default=ROOT / ".longreader" / "bench")
    options = parser.parse_args()
    lines = (ROOT / "examples" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line) for line in lines]
    questions = sample([q for q in questions if not options.kinds or q["kind"] in options.kinds], options.every)
    rows = []
    with Reader(options.data) as reader:
        added = reader.add(ROOT / "examples" / "ansholm.pdf")
        text = reader.document(added.document_id).text
        for mode in options.modes:
            for question in questions:
                row = ask(reader, text, question, mode)
                rows.append(row)
                said = row.get("text", row.get("error"))
                print(mode, "ok" if row.get("right") else "--", row["id"], said, row.get("gold"), sep=" | ", flush=True)
    print(table(rows))
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / f"example-{'-'.join(options.modes)}.json"
    target.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
