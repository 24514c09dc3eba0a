"""Runs the reader against a real vLLM and prints a report. Goes on where it stopped.

    python -m benchmarks.vllm_run [--steps checks,questions,notes,llama] [--modes retrieve,auto,…]

The vLLM of LONGREADER_MODEL__VLLM_PYTHON is started on the folder LONGREADER_MODEL__WEIGHTS; `make test-vllm` sets both
up on a CPU. Step `llama` asks the same questions of llama.cpp with the GGUF that the folder was made from: of the
embedded server, or of the one at LONGREADER_MODEL__URL. What is finished lies in .longreader/vllm/.
"""

import argparse
import asyncio
import json
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from longreader import AsyncReader
from longreader.agents.llm import EstimatingCounter, OpenAITransport, PrefixCache, Server, discover, prefix_cache
from longreader.agents.llm.folder_vocabulary import FolderVocabulary
from longreader.app.embedded_server import EmbeddedServer
from longreader.app.server_command import find_vllm
from longreader.app.settings import ModelSettings, Settings
from longreader.app.vllm_command import model_folder
from pydantic import SecretStr

from . import checks
from .reading import QUESTIONS, ask_all, kept, note
from .report import Results, markdown

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "ansholm.pdf"
STEPS = ("checks", "questions", "notes", "llama")
ARGUMENTS = f"--enable-log-requests --max-num-seqs {checks.CALLS_AT_ONCE}"
"""Those above that number wait in vLLM's own queue, which is where priorities count."""


class Run:
    """One run and what it keeps."""

    def __init__(self, folder: Path, steps: list[str], modes: list[str]) -> None:
        self._folder = folder
        self._steps = steps
        self._modes = [mode for mode in QUESTIONS if mode in modes]
        self._kept = folder / "results.json"
        self.results = Results.model_validate_json(self._kept.read_bytes()) if self._kept.exists() else Results()
        lines = (ROOT / "examples" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
        self._questions = {row["id"]: row["question"] for row in map(json.loads, lines)}

    @property
    def rows(self) -> Path:
        """Questions over vLLM."""
        return self._folder / "vllm.jsonl"

    @property
    def other_rows(self) -> Path:
        """The same over llama.cpp."""
        return self._folder / "llama.jsonl"

    async def vllm(self, settings: ModelSettings) -> None:
        """Do the steps that need vLLM."""
        folder = model_folder(settings.weights)
        program = find_vllm(settings.vllm_python, f"{ARGUMENTS} {settings.vllm_arguments}")
        log = self._folder / "vllm.log"
        tell("starting vLLM: some minutes")
        async with EmbeddedServer(folder, log, window_tokens=settings.window_tokens, server=program) as child:
            server = await discover(child.base_url, child.api_key, child.model_name)
            self.results.version, self.results.model = server.version, server.model
            self.results.window_tokens = server.window_tokens
            await self._with(server, child.api_key, log, FolderVocabulary(folder))

    async def _with(self, server: Server, key: str, log: Path, vocabulary: FolderVocabulary) -> None:
        before = await prefix_cache(server, key) or PrefixCache(0, 0)
        async with AsyncExitStack() as stack:
            if "checks" in self._steps:
                transport = OpenAITransport(server, key, EstimatingCounter())
                stack.push_async_callback(transport.close)
                await self._check(transport, server, log, vocabulary)
            settings = ModelSettings(
                url=server.base_url,
                api_key=SecretStr(key),
                window_tokens=server.window_tokens,
                # As many as vLLM works on: a call that waits in its queue looks like one that hangs.
                slot_count=checks.CALLS_AT_ONCE,
            )
            reader = await stack.enter_async_context(self._reader("vllm", settings))
            if "questions" in self._steps:
                try:
                    await self._ask(reader, self.rows)
                finally:
                    await self._count_reuse(server, key, before)
            if "notes" in self._steps and self.results.notes is None:
                await self._note(reader, server, key)
        self._keep()

    async def _note(self, reader: AsyncReader, server: Server, key: str) -> None:
        """Have the example noted; how replies ended is kept of each part of an interrupted run."""
        earlier = await checks.ended(server, key)
        try:
            self.results.notes = await note(reader, EXAMPLE, tell)
        finally:
            self.results.notes_ended += await checks.ended(server, key) - earlier
            self._keep()

    async def _count_reuse(self, server: Server, key: str, before: PrefixCache) -> None:
        """Keep what share of the questions' prompts vLLM had still computed."""
        reused = (await prefix_cache(server, key) or PrefixCache(0, 0)).since(before)
        self.results.asked_tokens += reused.asked_tokens
        self.results.found_tokens += reused.found_tokens
        self._keep()

    async def _check(self, transport: OpenAITransport, server: Server, log: Path, vocabulary: FolderVocabulary) -> None:
        results = self.results
        results.counts = await checks.counts(transport, server, vocabulary)
        tell(results.counts)
        results.structured = await checks.structured(transport)
        tell(results.structured)
        results.cancelled = await checks.cancelled(transport, log)
        tell(results.cancelled)
        results.prioritised = await checks.prioritised(transport)
        tell(results.prioritised)
        self._keep()

    async def llama(self, settings: ModelSettings) -> None:
        """Ask the same questions of llama.cpp."""
        embedded = {"server": "llama.cpp", "weights": ModelSettings.model_fields["weights"].default}
        async with self._reader("llama", settings.model_copy(update=embedded)) as reader:
            await self._ask(reader, self.other_rows)

    def _reader(self, name: str, model: ModelSettings) -> AsyncReader:
        return AsyncReader(settings=Settings(data_folder=self._folder / name, model=model))

    async def _ask(self, reader: AsyncReader, rows: Path) -> None:
        await reader.add(EXAMPLE)
        async for row in ask_all(reader, self._questions, self._modes, rows):
            told = f"{row.status}, {len(row.calls)} calls, {row.seconds:g} s: {row.text[:80]}"
            tell(f"{row.mode} {row.question_id}: {told}")

    def _keep(self) -> None:
        self._kept.write_text(self.results.model_dump_json(indent=1))


def tell(told: object) -> None:
    """Tell how far it is."""
    print(told, file=sys.stderr, flush=True)


def main() -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", default=",".join(STEPS), help=f"of {', '.join(STEPS)}; an empty one only prints")
    parser.add_argument("--modes", default=",".join(QUESTIONS))
    parser.add_argument("--folder", type=Path, default=ROOT / ".longreader" / "vllm")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    steps = [step for step in arguments.steps.split(",") if step]
    run = Run(arguments.folder, steps, arguments.modes.split(","))
    settings = Settings().model
    if set(steps) - {"llama"}:
        asyncio.run(run.vllm(settings))
    if "llama" in steps:
        asyncio.run(run.llama(settings))
    print(markdown(run.results, kept(run.rows), kept(run.other_rows)))


if __name__ == "__main__":
    main()
