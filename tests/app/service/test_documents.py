"""The routes of documents, with real jobs: uploaded, listed, shown, read, replaced, deleted."""

import io
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx2
import pytest
from longreader.app.settings import ServiceSettings, Settings
from reportlab.pdfgen.canvas import Canvas

Check = Callable[[httpx2.Response, int, str], None]
HERE = "/v1/collections/default/documents"
RULES = b"# Rules of the club\n\nThe club was founded by Ada Brunn in 1961. The yearly fee is twelve crowns.\n"
NEWER = b"# Rules of the club\n\nThe club was founded by Ada Brunn in 1961. The yearly fee is thirteen crowns.\n"


def file(content: bytes = RULES, name: str = "rules.md") -> tuple[str, tuple[str, bytes]]:
    return "files", (name, content)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_folder=tmp_path / "data", service=ServiceSettings(upload_bytes=100_000))


@pytest.fixture
def settle(client: httpx2.AsyncClient) -> Callable[[httpx2.Response], Awaitable[list[str]]]:
    """Waits for the jobs of an upload and returns the ids of their documents."""

    async def wait(response: httpx2.Response) -> list[str]:
        assert response.status_code == 202, response.text
        ids = []
        for one in response.json()["jobs"]:
            await client.get(f"/v1/jobs/{one['job_id']}/events", timeout=60)
            job = (await client.get(f"/v1/jobs/{one['job_id']}")).json()
            assert job["status"] == "done", job
            ids.append(job["document_id"])
        return ids

    return wait


Settle = Callable[[httpx2.Response], Awaitable[list[str]]]


def uploads(settings: Settings) -> list[Path]:
    """Return the files of uploads; workers of a shared database have a folder each."""
    return [path for path in (settings.data_folder / "uploads").rglob("*") if path.is_file()]


async def test_files_become_documents(client: httpx2.AsyncClient, settle: Settle, settings: Settings):
    sent = await client.post(HERE, files=[file(), file(b"Members may bring two guests.", "guests.txt")])
    assert [one["file_name"] for one in sent.json()["jobs"]] == ["rules.md", "guests.txt"]
    ids = await settle(sent)
    listed = (await client.get(HERE)).json()
    assert listed["total_count"] == 2
    assert {line["document_id"] for line in listed["documents"]} == set(ids)
    assert {line["status"] for line in listed["documents"]} == {"ready"}
    assert len((await client.get(f"{HERE}?offset=1&limit=5")).json()["documents"]) == 1
    assert uploads(settings) == []


async def test_a_document_is_shown_with_its_text_and_file(client: httpx2.AsyncClient, settle: Settle):
    (document_id,) = await settle(await client.post(HERE, files=[file(name='Regeln "2024" März.md')]))
    shown = (await client.get(f"{HERE}/{document_id}")).json()
    assert (shown["title"], shown["file_name"]) == ("Rules of the club", 'Regeln "2024" März.md')
    assert shown["headings"] == [{"start": 0, "end": 17, "level": 1, "text": "Rules of the club"}]
    assert shown["pages"] == [{"number": 1, "start": 0, "end": shown["character_count"]}]
    part = (await client.get(f"{HERE}/{document_id}/text?start=9&end=17")).json()
    assert part == {"start": 9, "end": 17, "text": "the club", "character_count": shown["character_count"]}
    beyond = (await client.get(f"{HERE}/{document_id}/text?start=99999999")).json()
    assert beyond["text"] == ""
    assert beyond["start"] == beyond["end"] == shown["character_count"]
    fetched = await client.get(f"{HERE}/{document_id}/file")
    assert fetched.content == RULES
    assert fetched.headers["content-type"] == "application/octet-stream"
    told = fetched.headers["content-disposition"]
    assert told == "attachment; filename*=utf-8''Regeln%20%222024%22%20M%C3%A4rz.md"


async def test_the_place_of_a_span_on_a_page(client: httpx2.AsyncClient, settle: Settle, is_problem: Check):
    drawn = io.BytesIO()
    canvas = Canvas(drawn, pagesize=(600, 800))
    canvas.drawString(50, 700, "The yearly fee is twelve crowns.")
    canvas.showPage()
    canvas.save()
    document_id, plain_id = await settle(await client.post(HERE, files=[file(drawn.getvalue(), "fee.pdf"), file()]))
    marked = (await client.get(f"{HERE}/{document_id}/pages/1/boxes?start=4&end=14")).json()
    (box,) = marked["boxes"]
    assert (marked["page"], marked["width"], marked["height"]) == (1, 600, 800)
    assert 50 < box["left"] < box["right"] < 200
    is_problem(await client.get(f"{HERE}/{document_id}/pages/2/boxes"), 404, "not_found")
    is_problem(await client.get(f"{HERE}/{plain_id}/pages/1/boxes"), 404, "not_found")


async def test_a_document_is_replaced(client: httpx2.AsyncClient, settle: Settle, is_problem: Check):
    (old,) = await settle(await client.post(HERE, files=[file()]))
    (new,) = await settle(await client.put(f"{HERE}/{old}", files=[file(NEWER)]))
    assert [line["document_id"] for line in (await client.get(HERE)).json()["documents"]] == [new]
    is_problem(await client.put(f"{HERE}/{old}", files=[file(NEWER)]), 404, "not_found")
    is_problem(await client.put(f"{HERE}/{new}", files=[file(), file(NEWER)]), 413, "too_large_input")


async def test_the_same_replacement_with_the_same_key_is_queued_once(
    client: httpx2.AsyncClient, settle: Settle, is_problem: Check
):
    key = {"Idempotency-Key": "tuesday"}
    (old,) = await settle(await client.post(HERE, files=[file()]))
    first = await client.put(f"{HERE}/{old}", files=[file(NEWER)], headers=key)
    await settle(first)
    again = await client.put(f"{HERE}/{old}", files=[file(NEWER)], headers=key)
    assert (again.status_code, again.json()) == (202, first.json())
    assert again.headers["idempotent-replayed"] == "true"
    is_problem(await client.put(f"{HERE}/{old}", files=[file()], headers=key), 422, "key_reused")
    other = {"Idempotency-Key": "wednesday"}
    is_problem(await client.put(f"{HERE}/{old}", files=[file(NEWER)], headers=other), 404, "not_found")


async def test_a_document_is_deleted_with_its_file_and_jobs(
    client: httpx2.AsyncClient, settle: Settle, settings: Settings, is_problem: Check
):
    (document_id,) = await settle(await client.post(HERE, files=[file()]))
    assert (await client.delete(f"{HERE}/{document_id}")).status_code == 204
    for way in ("", "/text", "/file", "/pages/1/boxes"):
        is_problem(await client.get(f"{HERE}/{document_id}{way}"), 404, "not_found")
    is_problem(await client.delete(f"{HERE}/{document_id}"), 404, "not_found")
    kept = b"".join(path.read_bytes() for path in settings.data_folder.rglob("*") if path.is_file())
    assert b"twelve crowns" not in kept
    assert b"rules.md" not in kept
    assert (await client.get("/v1/jobs")).json() == []


async def test_an_upload_makes_a_collection_of_a_fitting_name_only(client: httpx2.AsyncClient, is_problem: Check):
    assert (await client.post("/v1/collections/new one/documents", files=[file()])).status_code == 202
    assert [one["name"] for one in (await client.get("/v1/collections")).json()] == ["new one"]
    is_problem(await client.post("/v1/collections/.hidden/documents", files=[file()]), 422, "invalid_request")


async def test_what_cannot_be_taken_leaves_nothing(client: httpx2.AsyncClient, is_problem: Check, settings: Settings):
    is_problem(await client.post(HERE, files=[file(), file(b"x" * 100_001)]), 413, "too_large_input")
    is_problem(await client.post(HERE, files=[file()], data={"notes": "perfect"}), 422, "invalid_request")
    is_problem(await client.post(HERE, files=[file()], data={"note": "llm"}), 422, "invalid_request")
    is_problem(await client.post(HERE, json={}), 422, "invalid_request")
    assert (await client.get("/v1/jobs")).json() == []
    assert uploads(settings) == []


async def test_the_same_upload_with_the_same_key_is_queued_once(client: httpx2.AsyncClient, is_problem: Check):
    key = {"Idempotency-Key": "monday"}
    first = await client.post(HERE, files=[file()], headers=key)
    again = await client.post(HERE, files=[file()], headers=key)
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert len((await client.get("/v1/jobs")).json()) == 1
    is_problem(await client.post(HERE, files=[file(NEWER)], headers=key), 422, "key_reused")


async def test_the_cost_of_notes_is_told_before(client: httpx2.AsyncClient, settings: Settings):
    free = (await client.post(f"{HERE}:estimate", files=[file()])).json()
    assert (free["needs_model"], free["input_tokens"]) == (False, 0)
    cost = (await client.post(f"{HERE}:estimate", files=[file()], data={"notes": "llm"})).json()
    assert cost["needs_model"]
    assert cost["input_tokens"] > cost["document_tokens"] > 0
    assert (await client.get(HERE)).json()["total_count"] == 0
    assert uploads(settings) == []


async def test_a_file_that_cannot_be_read_has_no_estimate(client: httpx2.AsyncClient, is_problem: Check):
    broken = file(b"%PDF-1.7 broken", "broken.pdf")
    is_problem(await client.post(f"{HERE}:estimate", files=[broken], data={"notes": "llm"}), 422, "damaged_input")
