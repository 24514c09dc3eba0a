"""The library's face over the real store, graph and search; only the model is scripted."""

import asyncio
import os
import threading
from concurrent.futures import CancelledError
from pathlib import Path

import pytest
from longreader import AsyncReader, ConfigurationError, Reader, ReadingStep, Status, StoreError
from longreader.agents.llm import ModelReply, ModelRequest, ScriptedModel
from longreader.graph_store.embedder import HashEmbedder
from longreader.graph_store.errors import InputError, NotFound, StoreLocked

TEXT = """# Rules of the club

The club was founded by Ada Brunn in 1961. The yearly fee is twelve crowns.

Members may bring two guests. The boathouse is closed in January.
"""


def answering(text: str = "twelve crowns") -> ScriptedModel:
    def script(request: ModelRequest) -> dict[str, object]:
        return {"steps": ["x"]} if request.purpose == "plan" else {"thought": "So it says.", "answer": text}

    return ScriptedModel(script)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.md"
    path.write_text(TEXT, encoding="utf-8")
    return path


def reader(tmp_path: Path, model: ScriptedModel | None = None) -> Reader:
    return Reader(tmp_path / "data", model=model or answering(), embedder=HashEmbedder())


def test_from_a_file_to_a_cited_answer(tmp_path: Path, rules: Path):
    with reader(tmp_path) as club:
        stages = []
        added = club.add(rules, progress=lambda progress: stages.append(progress.stage))
        assert (added.title, added.existed) == ("Rules of the club", False)
        assert stages[0] == "parse"
        assert club.add(rules).existed
        answer = club.ask("What is the yearly fee?")
        assert (answer.status, answer.citations[0].quote) == (Status.ANSWERED, "The yearly fee is twelve crowns.")
        trace = club.trace(answer.trace_id)
        assert (trace.question, trace.answer) == ("What is the yearly fee?", answer)
        assert [info.document_id for info in club.documents()] == [added.document_id]


def test_what_was_added_is_there_after_a_restart(tmp_path: Path, rules: Path):
    with reader(tmp_path) as club:
        document_id = club.add(rules).document_id
        trace_id = club.ask("What is the yearly fee?").trace_id
    with reader(tmp_path) as club:
        assert club.document(document_id).title == "Rules of the club"
        assert club.trace(trace_id).answer is not None


def test_deleting_takes_the_traces_that_quote_along(tmp_path: Path, rules: Path):
    with reader(tmp_path) as club:
        document_id = club.add(rules).document_id
        trace_id = club.ask("What is the yearly fee?").trace_id
        club.delete(document_id)
        assert club.documents() == []
        with pytest.raises(NotFound, match="deleted"):
            club.trace(trace_id)
    left = [path for path in (tmp_path / "data").rglob("*") if path.is_file() and b"Ada Brunn" in path.read_bytes()]
    assert left == []


def test_steps_come_before_the_answer(tmp_path: Path, rules: Path):
    with reader(tmp_path) as club:
        club.add(rules)
        *steps, answer = club.stream("What is the yearly fee?", mode="retrieve")
        assert all(isinstance(step, ReadingStep) for step in steps)
        assert answer.text == "twelve crowns"


def test_errors_are_typed_and_the_next_call_works(tmp_path: Path, rules: Path):
    with reader(tmp_path) as club:
        with pytest.raises(InputError, match="nowhere"):
            club.add(tmp_path / "nowhere.pdf")
        with pytest.raises(NotFound, match="clubb"):
            club.ask("What?", collection="clubb")
        club.add(rules)
        assert club.ask("What is the yearly fee?").status == Status.ANSWERED


@pytest.mark.data_folder_only
def test_a_second_reader_of_the_folder_is_refused(tmp_path: Path):
    with reader(tmp_path) as first, reader(tmp_path) as second:
        assert first.documents() == []
        with pytest.raises(StoreLocked):
            second.documents()
        assert issubclass(StoreLocked, StoreError)


def test_closing_twice_is_harmless(tmp_path: Path):
    club = reader(tmp_path)
    club.close()
    club.close()


def test_a_closed_reader_does_nothing_more(tmp_path: Path, rules: Path):
    club = reader(tmp_path)
    document_id = club.add(rules).document_id
    club.close()
    for use in (lambda: club.delete(document_id), lambda: club.ask("What?"), lambda: list(club.stream("What?"))):
        with pytest.raises(ConfigurationError, match="closed"):
            use()


@pytest.mark.data_folder_only
def test_a_deletion_that_was_cut_off_is_finished_at_the_next_start(
    tmp_path: Path, rules: Path, monkeypatch: pytest.MonkeyPatch
):
    with reader(tmp_path) as club:
        cache = club._reader._services.cache
        document_id = club.add(rules).document_id
        reply = ModelReply("Ada Brunn", "stop", 1, 1, 0.1)
        cache.put("key", reply, [document_id])
        monkeypatch.setattr(type(cache), "forget", lambda self, *ids: 0)
        club.delete(document_id)
        assert cache.document_ids() == {document_id}
    monkeypatch.undo()
    with reader(tmp_path) as club:
        assert club._reader._services.cache.document_ids() == set()


def test_nothing_is_sent_to_a_tracing_service(tmp_path: Path, rules: Path, monkeypatch: pytest.MonkeyPatch):
    traced = []
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    monkeypatch.setenv("LANGSMITH_API_KEY", "k")
    monkeypatch.setenv("LANGSMITH_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr("langsmith.client.Client.create_run", lambda *args, **kwargs: traced.append(args))
    with reader(tmp_path) as club:
        club.add(rules)
        club.ask("What is the yearly fee?")
    assert traced == []


def test_an_unknown_mode_is_refused(tmp_path: Path, rules: Path):
    with reader(tmp_path) as club:
        club.add(rules)
        with pytest.raises(ConfigurationError, match="mode"):
            club.ask("What?", mode="guess")


class WaitingModel(ScriptedModel):
    """Never answers, and tells when it was asked and whether it was stopped."""

    asked: threading.Event
    stopped = False

    async def complete(self, request: ModelRequest) -> ModelReply:
        self.asked.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            self.stopped = True
            raise
        raise AssertionError("was not stopped")


def test_leaving_the_stream_stops_the_model_call(tmp_path: Path, rules: Path):
    model = WaitingModel([])
    model.asked = threading.Event()
    with reader(tmp_path, model) as club:
        club.add(rules)
        stream = club.stream("What is the yearly fee?")
        assert next(stream).kind == "route"
        assert model.asked.wait(20)
        stream.close()
        assert model.stopped


async def test_closing_an_async_stream_waits_until_the_model_call_has_stopped(tmp_path: Path, rules: Path):
    model = WaitingModel([])
    model.asked = threading.Event()
    async with AsyncReader(tmp_path / "data", model=model, embedder=HashEmbedder()) as club:
        await club.add(rules)
        stream = club.stream("What is the yearly fee?", mode="retrieve")
        while (await anext(stream)).kind != "select":
            pass
        assert await asyncio.to_thread(model.asked.wait, 20)
        await stream.aclose()
        assert model.stopped


def test_an_estimate_makes_no_collection(tmp_path: Path, rules: Path):
    with reader(tmp_path) as club:
        assert club.estimate(rules, collection="new", notes="llm") is not None
        assert "new" not in [collection.name for collection in club.collections()]


def test_bytes_that_are_no_text_in_questions_and_file_names(tmp_path: Path):
    file = tmp_path / os.fsdecode(b"rules\xff.md")
    file.write_text(TEXT, encoding="utf-8")
    with reader(tmp_path) as club:
        club.add(file)
        assert [info.file_name for info in club.documents()] == ["rules?.md"]
        answer = club.ask("What is the yearly fee \udcff?")
        assert club.trace(answer.trace_id).question == "What is the yearly fee ??"


def test_closing_ends_a_question_of_another_thread(tmp_path: Path, rules: Path):
    model = WaitingModel([])
    model.asked = threading.Event()
    club = reader(tmp_path, model)
    club.add(rules)
    ended = threading.Event()

    def ask() -> None:
        with pytest.raises(CancelledError):
            club.ask("What is the yearly fee?")
        ended.set()

    threading.Thread(target=ask, daemon=True).start()
    assert model.asked.wait(20)
    club.close()
    assert ended.wait(10)


async def test_questions_side_by_side_keep_their_own_traces(tmp_path: Path, rules: Path):
    async with AsyncReader(tmp_path / "data", model=answering(), embedder=HashEmbedder()) as club:
        await club.add(rules)
        questions = [f"What is the yearly fee in year {year}?" for year in range(6)]
        answers = await asyncio.gather(*(club.ask(question) for question in questions))
        assert [club.trace(answer.trace_id).question for answer in answers] == questions
