"""Files brought in: uploaded into a collection or in place of a document, each a job; and what that will cost."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response, status
from pydantic import BaseModel, Field

from ....agents.errors import ModelError, ModelUnavailable
from ....graph_store.errors import InputError, NotFound, ReaderError, TooLargeInput, UnsupportedInput
from ....graph_store.note import NotesKind
from ...async_reader import AsyncReader
from ...jobs import Jobs
from ..fetch import Fetcher
from ..idempotency import OnceOnly
from ..problems import AddressRefused, FetchFailed, InvalidRequest, KeyInUse, KeyReused, SwitchedOff, documented
from ..tenant import AllJobs, Tenant, TenantReader
from ..upload import FILES_FIELD, MOST_FILES, Form, ReceivedFile, plain_name, received
from .collections import CollectionName, require_name
from .documents import DocumentId

router = APIRouter(prefix="/v1/collections/{collection}/documents", tags=["documents"])


class AcceptedFile(BaseModel):
    """A file whose reading was queued."""

    file_name: str = Field(examples=["report.pdf"])
    job_id: str = Field(description="Tells how far it is: GET /v1/jobs/{job_id}.", examples=["j5f0c1d2e3a"])


class Accepted(BaseModel):
    """What was queued: a job for each file, in the order of the files."""

    jobs: list[AcceptedFile]


class Fetch(BaseModel):
    """A file to be fetched."""

    url: str = Field(
        max_length=2_000, description="A public http or https address.", examples=["https://example.org/report.pdf"]
    )
    notes: NotesKind | None = Field(default=None, description="Who writes the notes; default: as in uploads.")


class Estimate(BaseModel):
    """What notes by the model will cost; without a model, nothing."""

    needs_model: bool = Field(description="False where notes are extractive, or the document is there already.")
    document_tokens: int = Field(default=0, examples=[140_000])
    input_tokens: int = Field(default=0, description="What the model will read.", examples=[310_000])
    output_tokens: int = Field(default=0, description="What it will write.", examples=[150_000])
    seconds: float | None = Field(
        default=None, description="How long; null where its speed was not measured yet.", examples=[5400.0]
    )


def _body(most_files: int) -> dict[str, Any]:
    file = {"type": "string", "contentMediaType": "application/octet-stream"}
    files = {"type": "array", "items": file, "minItems": 1, "maxItems": most_files}
    notes = {
        "type": "string",
        "enum": ["extractive", "llm"],
        "description": "Who writes the notes: extractive (no model) or llm. Default: as the collection was begun.",
    }
    schema = {
        "type": "object",
        "properties": {FILES_FIELD: files, "notes": notes},
        "required": [FILES_FIELD],
        "additionalProperties": False,
    }
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


class _Inbox:
    """Receives the files of one request and queues their reading."""

    def __init__(self, request: Request, reader: AsyncReader, tenant: str, jobs: Jobs) -> None:
        self._request = request
        self._most_bytes = reader.settings.service.upload_bytes
        self._tenant = tenant
        self._jobs = jobs

    @asynccontextmanager
    async def form(self, most_files: int = MOST_FILES) -> AsyncIterator[Form]:
        """Receive the request's body; what is left of it in the end is removed."""
        await self._jobs.require_room(self._tenant)
        async with received(self._request, self._jobs.new_upload, self._most_bytes, most_files) as form:
            if unknown := form.fields.keys() - {"notes"}:
                raise InvalidRequest(f"There is no field “{min(unknown)}”.")
            _notes_of(form)
            yield form

    @asynccontextmanager
    async def fetched(self, url: str) -> AsyncIterator[ReceivedFile]:
        """Fetch the file at an address; if nobody took it, it is removed."""
        await self._jobs.require_room(self._tenant)
        path = self._jobs.new_upload()
        try:
            name = await Fetcher(self._most_bytes).fetch(url, path)
            yield ReceivedFile(path, plain_name(name), "")
        finally:
            await asyncio.to_thread(path.unlink, missing_ok=True)

    async def name_of(self, job_id: str) -> str:
        """Return what the file of a job is called; nothing where the job is forgotten."""
        try:
            return (await self._jobs.job(self._tenant, job_id)).file_name
        except NotFound:
            return ""

    async def queue(
        self, files: Sequence[ReceivedFile], collection: str, notes: NotesKind | None, replaces: str | None = None
    ) -> list[str]:
        """Queue a job for each file, or none; return their ids."""
        await self._jobs.require_room(self._tenant, len(files))
        queued: list[str] = []
        try:
            for file in files:
                job = await self._jobs.enqueue_ingest(
                    self._tenant, collection, file.path, file.name, notes, replaces, file.content_hash
                )
                queued.append(job.job_id)
        except ReaderError:
            for job_id in queued:
                await self._jobs.remove(self._tenant, job_id)
            raise
        return queued


async def _inbox(request: Request, reader: TenantReader, tenant: Tenant, jobs: AllJobs) -> _Inbox:
    return _Inbox(request, reader, tenant, jobs)


Inbox = Annotated[_Inbox, Depends(_inbox)]


@router.post(
    "",
    status_code=status.HTTP_202_ACCEPTED,
    responses=documented(InvalidRequest, TooLargeInput, KeyInUse, KeyReused),
    openapi_extra=_body(MOST_FILES),
    summary="Upload documents",
)
async def upload_documents(
    collection: CollectionName, inbox: Inbox, reader: TenantReader, once: OnceOnly, response: Response
) -> Accepted:
    """Upload files into a collection; a new name makes it. Each file is read in a job of its own.

    The same bytes again are a no-op; a file whose reading failed goes on where it stopped. With notes "llm" said, the
    chunks of the same bytes that the model could not note are tried again.
    """
    require_name(collection)
    async with inbox.form() as form:
        known = await once.begin(collection, *_parts(form))
        if known is None:
            await asyncio.to_thread(reader.make_collection, collection)
            job_ids = await inbox.queue(form.files, collection, _notes_of(form))
            await once.keep(" ".join(job_ids))
            return _accepted(form, job_ids)
        response.headers["Idempotent-Replayed"] = "true"
        return _accepted(form, known.split())


@router.post(
    ":fetch",
    status_code=status.HTTP_202_ACCEPTED,
    responses=documented(InvalidRequest, AddressRefused, TooLargeInput, SwitchedOff, FetchFailed, KeyInUse, KeyReused),
    summary="Fetch a document from an address",
)
async def fetch_document(
    collection: CollectionName, body: Fetch, inbox: Inbox, reader: TenantReader, once: OnceOnly, response: Response
) -> Accepted:
    """Fetch a file from a public address into a collection. Off unless whoever runs the service switched it on."""
    require_name(collection)
    if not reader.settings.service.fetch_urls:
        raise SwitchedOff("Files are not fetched from addresses here.")
    known = await once.begin("fetch", collection, body.model_dump_json())
    if known is not None:
        response.headers["Idempotent-Replayed"] = "true"
        return Accepted(jobs=[AcceptedFile(file_name=await inbox.name_of(known), job_id=known)])
    async with inbox.fetched(body.url) as file:
        await asyncio.to_thread(reader.make_collection, collection)
        (job_id,) = await inbox.queue((file,), collection, body.notes)
        await once.keep(job_id)
        return Accepted(jobs=[AcceptedFile(file_name=file.name, job_id=job_id)])


@router.put(
    "/{document_id}",
    status_code=status.HTTP_202_ACCEPTED,
    responses=documented(NotFound, InvalidRequest, TooLargeInput, KeyInUse, KeyReused),
    openapi_extra=_body(1),
    summary="Replace a document",
)
async def replace_document(
    collection: CollectionName,
    document_id: DocumentId,
    inbox: Inbox,
    reader: TenantReader,
    once: OnceOnly,
    response: Response,
) -> Accepted:
    """Upload a new version of a document. Its title and place in lists stay, its id is a new one.

    The old version is there until the new one is ready, and goes in the same moment.
    """
    if not once.has_key:
        # With a key, the old version may be gone by now: replaced by this very request.
        await asyncio.to_thread(reader.document_info, document_id, collection)
    async with inbox.form(1) as form:
        known = await once.begin("replace", collection, document_id, *_parts(form))
        if known is not None:
            response.headers["Idempotent-Replayed"] = "true"
            return _accepted(form, [known])
        await asyncio.to_thread(reader.document_info, document_id, collection)
        (job_id,) = await inbox.queue(form.files, collection, _notes_of(form), document_id)
        await once.keep(job_id)
        return _accepted(form, [job_id])


@router.post(
    ":estimate",
    responses=documented(InvalidRequest, InputError, UnsupportedInput, TooLargeInput, ModelError, ModelUnavailable),
    openapi_extra=_body(1),
    summary="Estimate the cost of a document",
)
async def estimate_document(collection: CollectionName, inbox: Inbox, reader: TenantReader) -> Estimate:
    """Tell what the model will read and write, and how long, for the notes of a file; nothing is kept of it."""
    async with inbox.form(1) as form:
        (file,) = form.files
        cost = await reader.estimate(file.path, collection=collection, file_name=file.name, notes=_notes_of(form))
        return Estimate(needs_model=True, **asdict(cost)) if cost else Estimate(needs_model=False)


def _notes_of(form: Form) -> NotesKind | None:
    match form.fields.get("notes"):
        case None | "":
            return None
        case "extractive" | "llm" as kind:
            return kind
        case other:
            raise InvalidRequest(f"notes is extractive or llm, not “{other}”.")


def _parts(form: Form) -> list[str]:
    """Return what makes a body this one, whatever its boundary."""
    files = (part for file in form.files for part in (file.name, file.content_hash))
    return [*files, form.fields.get("notes", "")]


def _accepted(form: Form, job_ids: list[str]) -> Accepted:
    pairs = zip(form.files, job_ids, strict=True)
    return Accepted(jobs=[AcceptedFile(file_name=file.name, job_id=job_id) for file, job_id in pairs])
