"""The example: its questions are well formed, their spans stand in both files, and its PDF is the Markdown's."""

import json
import re
import runpy
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from longreader.graph_store.document import ParsedDocument
from longreader.graph_store.parsers import parse
from longreader.graph_store.quote import find_quote

EXAMPLES = Path(__file__).parents[2] / "examples"
MARKDOWN, PDF = EXAMPLES / "ansholm.md", EXAMPLES / "ansholm.pdf"
QUESTIONS: list[dict[str, Any]] = [
    json.loads(line) for line in (EXAMPLES / "questions.jsonl").read_text(encoding="utf-8").splitlines()
]
LEAST = {
    "pinpoint": 14,
    "two_hop": 8,
    "three_hop": 5,
    "counting": 5,
    "listing": 3,
    "whole": 2,
    "unanswerable": 8,
}


@cache
def parsed(path: Path) -> ParsedDocument:
    return parse(path.read_bytes(), path.name)


def folded(text: str) -> str:
    """Drop what a PDF may change: white space, hyphens, case, and the separators of cells."""
    return re.sub(r"[\s|\u00ad\u2010-]", "", text).casefold()


@cache
def folded_pdf() -> str:
    return folded(parsed(PDF).text)


def test_there_are_enough_questions_of_each_kind():
    counts = Counter(question["kind"] for question in QUESTIONS)
    assert counts.keys() == LEAST.keys()
    assert all(counts[kind] >= least for kind, least in LEAST.items())
    assert counts.total() >= 44


def test_ids_and_questions_are_unique():
    for field in ("id", "question"):
        assert len({question[field] for question in QUESTIONS}) == len(QUESTIONS)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["id"])
def test_question_is_well_formed(question: dict[str, Any]):
    assert question.keys() == {"id", "kind", "question", "answers", "spans"}
    assert question["question"].endswith("?")
    strings = [*question["answers"], *question["spans"]]
    assert all(isinstance(text, str) and text == text.strip() != "" for text in strings)
    answerable = question["kind"] != "unanswerable"
    assert bool(question["answers"]) == bool(question["spans"]) == answerable


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["id"])
def test_each_span_stands_once_in_the_markdown(question: dict[str, Any]):
    text = parsed(MARKDOWN).text
    assert {quote: text.count(quote) for quote in question["spans"]} == dict.fromkeys(question["spans"], 1)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["id"])
def test_each_span_stands_once_in_the_pdf(question: dict[str, Any]):
    found = {quote: folded_pdf().count(folded(quote)) for quote in question["spans"]}
    assert found == dict.fromkeys(question["spans"], 1)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["id"])
def test_each_span_is_found_as_a_quote_in_the_pdf(question: dict[str, Any]):
    text = parsed(PDF).text
    assert [quote for quote in question["spans"] if find_quote(text, quote) is None] == []


def test_table_rows_of_the_pdf_are_those_of_the_markdown():
    rows = [line for line in parsed(MARKDOWN).text.split("\n") if " | " in line]
    assert len(rows) > 100
    assert [row for row in rows if row not in parsed(PDF).text.split("\n")] == []


def test_running_heads_are_left_out_of_the_pdf():
    assert "Report and Dossier for 2019" not in parsed(PDF).text[200:]


def test_document_is_long():
    words = [word for word in parsed(MARKDOWN).text.split() if word != "|"]
    assert len(words) >= 13_000
    assert len(parsed(PDF).pages) >= 25


def test_pdf_is_remade_byte_for_byte(tmp_path: Path):
    make_pdf = runpy.run_path(str(EXAMPLES / "make_pdf.py"))["make_pdf"]
    make_pdf(MARKDOWN, tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == PDF.read_bytes()
