"""What the run against a real vLLM does with a reader; here the model is scripted."""

from collections import Counter
from pathlib import Path

import pytest
from longreader import AsyncReader
from longreader.agents.llm import ModelRequest, ScriptedModel
from longreader.graph_store.embedder import HashEmbedder

from benchmarks.vllm_run.checks import read_ended
from benchmarks.vllm_run.reading import ask_all, kept, note
from benchmarks.vllm_run.report import Results, markdown

TEXT = "# Rules\n\nThe club was founded by Ada Brunn in 1961. The yearly fee is twelve crowns.\n"
QUESTIONS = {"pinpoint-01": "What is the fee?", "pinpoint-05": "Who founded the club?", "two_hop-05": "When was it?"}


def script(request: ModelRequest) -> dict[str, object]:
    facts = [{"fact": "The yearly fee is twelve crowns.", "key_elements": ["fee"]}]
    return {"facts": facts} if request.purpose == "note" else {"answer": "twelve crowns"}


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "rules.md"
    path.write_text(TEXT, encoding="utf-8")
    return path


async def test_each_question_is_asked_once_and_kept(tmp_path: Path, document: Path):
    file = tmp_path / "rows.jsonl"
    async with AsyncReader(tmp_path / "data", model=ScriptedModel(script), embedder=HashEmbedder()) as reader:
        await reader.add(document)
        rows = [row async for row in ask_all(reader, QUESTIONS, ["retrieve"], file)]
        assert {row.question_id for row in rows} == set(QUESTIONS)
        assert all(row.text == "twelve crowns" and row.calls for row in rows)
        assert {row.question_id: row for row in kept(file)} == {row.question_id: row for row in rows}
        assert [row async for row in ask_all(reader, QUESTIONS, ["retrieve"], file)] == []
    assert "| retrieve | 3 | 1.0 |" in markdown(Results(), kept(file), [])


async def test_the_notes_of_the_model_are_counted(tmp_path: Path, document: Path):
    async with AsyncReader(tmp_path / "data", model=ScriptedModel(script), embedder=HashEmbedder()) as reader:
        told: list[str] = []
        noted = await note(reader, document, told.append)
    assert noted.chunk_count == 1
    assert noted.fact_count >= 1
    assert noted.model_tokens > 0
    assert told


METRICS = """# TYPE vllm:request_success_total counter
vllm:request_success_total{engine="0",finished_reason="stop",model_name="qwen"} 140.0
vllm:request_success_total{engine="1",finished_reason="stop",model_name="qwen"} 6.0
vllm:request_success_total{engine="0",finished_reason="length",model_name="qwen"} 3.0
vllm:request_success_total{engine="0",finished_reason="abort",model_name="qwen"} 2.0
vllm:request_success_total{engine="0",finished_reason="error",model_name="qwen"} 0.0
vllm:request_success_created{engine="0",finished_reason="stop",model_name="qwen"} 1.7e+09
"""


def test_replies_are_counted_by_how_they_ended():
    ended = read_ended(METRICS)
    assert ended == {"stop": 146, "length": 3, "abort": 2, "error": 0}
    after = ended - Counter(stop=100, length=3)
    assert after == {"stop": 46, "abort": 2}
    told = markdown(Results(notes_ended=after), [], [])
    assert "| replies of these notes that ended by themselves | 46 of 48 |" in told
