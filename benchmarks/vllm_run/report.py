"""The run as Markdown."""

from collections import Counter
from collections.abc import Sequence
from statistics import fmean

from longreader.agents.llm import PrefixCache
from pydantic import BaseModel

from .checks import Cancelled, Counts, Prioritised, Structured
from .reading import NotesRow, QuestionRow


class Results(BaseModel):
    """What was found so far; None where a step was not run."""

    version: str = ""
    model: str = ""
    window_tokens: int = 0
    counts: Counts | None = None
    structured: Structured | None = None
    cancelled: Cancelled | None = None
    prioritised: Prioritised | None = None
    notes: NotesRow | None = None
    notes_ended: Counter[str] = Counter()
    asked_tokens: int = 0
    found_tokens: int = 0


def markdown(results: Results, rows: Sequence[QuestionRow], others: Sequence[QuestionRow]) -> str:
    """Return the report.

    Args:
        rows: questions over vLLM.
        others: the same over llama.cpp; may be fewer, or none.
    """
    parts = [
        f"vLLM {results.version}, {results.model}, window {results.window_tokens:,} tokens",
        _checks(results, rows),
    ]
    if rows:
        parts.append(_modes(rows))
    if others:
        parts.append(_compared(rows, others))
    return "\n\n".join(part for part in parts if part)


def _checks(results: Results, rows: Sequence[QuestionRow]) -> str:
    told: dict[str, str] = {}
    if it := results.counts:
        told["prompt tokens equal by tokenizer, `/tokenize` and usage"] = f"{it.equal_count} of {it.conversation_count}"
    if it := results.structured:
        told["replies that fit their schema, at temperature 1"] = f"{it.valid_count} of {it.reply_count}"
    if calls := [call for row in rows for call in row.calls if not call.from_cache]:
        sound = sum(not call.is_repair and call.finish_reason == "stop" for call in calls)
        cut = sum(call.finish_reason == "length" for call in calls)
        told["replies to questions that fitted at once"] = f"{sound} of {len(calls)}; {cut} cut off"
    if it := results.cancelled:
        told["a cancelled call in vLLM's log"] = f"{'yes' if it.in_log else 'no'}, after {it.seconds:g} s"
    if it := results.prioritised:
        overtaken = f"{it.overtaken_count} of {it.background_count}"
        told["calls of the background that a later question overtook"] = overtaken
    if it := results.notes:
        chunks = f"{it.chunk_count} chunks, {it.model_tokens:,} tokens, {it.seconds:,.0f} s"
        told["notes of the example by the model"] = f"{it.fact_count} facts, {chunks}"
    if it := results.notes_ended:
        told["replies of these notes that ended by themselves"] = f"{it['stop']} of {it.total()}"
    share = PrefixCache(results.asked_tokens, results.found_tokens).share
    if share is not None:
        told["prompt tokens from the prefix cache, by `/metrics`"] = f"{share:.0%} of {results.asked_tokens:,}"
    return "\n".join(["| check | found |", "|---|---|", *(f"| {check} | {found} |" for check, found in told.items())])


def _modes(rows: Sequence[QuestionRow]) -> str:
    lines = ["| mode | questions | calls | prompt tokens | reply tokens | reused | seconds |"]
    lines.append("|---|---|---|---|---|---|---|")
    for mode in dict.fromkeys(row.mode for row in rows):
        those = [row for row in rows if row.mode == mode]
        read = fmean(row.prompt_tokens for row in those)
        reused = sum(row.reused_tokens for row in those) / max(sum(row.prompt_tokens for row in those), 1)
        wrote, seconds = fmean(row.tokens for row in those) - read, fmean(row.seconds for row in those)
        calls = fmean(len(row.calls) for row in those)
        cells = (mode, len(those), f"{calls:.1f}", f"{read:,.0f}", f"{wrote:,.0f}", f"{reused:.0%}", f"{seconds:,.0f}")
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def _compared(rows: Sequence[QuestionRow], others: Sequence[QuestionRow]) -> str:
    lines = ["Against llama.cpp, same weights, temperature 0:", ""]
    lines += [
        "| mode | questions | same kinds of prompt | same status | same answer | same quotes |",
        "|---|---|---|---|---|---|",
    ]
    by_key = {(row.mode, row.question_id): row for row in others}
    pairs = [(row, by_key[row.mode, row.question_id]) for row in rows if (row.mode, row.question_id) in by_key]
    for mode in dict.fromkeys(row.mode for row, _ in pairs):
        those = [(one, other) for one, other in pairs if one.mode == mode]
        same = sum(len(_digests(one) & _digests(other)) for one, other in those)
        most = sum(max(len(_digests(one)), len(_digests(other))) for one, other in those)
        lines.append(
            f"| {mode} | {len(those)} | {same} of {most} | {sum(a.status == b.status for a, b in those)} | "
            f"{sum(a.text == b.text for a, b in those)} | {sum(set(a.quotes) == set(b.quotes) for a, b in those)} |"
        )
    return "\n".join(lines)


def _digests(row: QuestionRow) -> set[str]:
    return {call.prompt_digest for call in row.calls}
