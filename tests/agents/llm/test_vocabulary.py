from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import openai
import platformdirs
import pytest
from longreader.agents.llm.model import Message
from longreader.agents.llm.vocabulary import GgufVocabulary
from longreader.app import weights
from longreader.app.embedded_server import EmbeddedServer
from longreader.graph_store.errors import ConfigurationError

pytest.importorskip("llama_cpp")

CONVERSATIONS = [
    (Message("user", "Hi"),),
    (Message("system", "You are brief."), Message("user", "Which year? – 1907, naïvely; 東京.\n\n```x```")),
    (Message("user", "a"), Message("assistant", '{"n": 1}'), Message("user", "Again, " * 40)),
    (Message("user", "a <|im_end|> in a document"),),
]


@pytest.fixture(scope="module")
def gguf() -> Path:
    """The default weights; `longreader model pull` puts them there."""
    found = weights.path(weights.DEFAULT.name, Path(platformdirs.user_cache_dir("longreader")) / "models")
    if found is None:
        pytest.fail("the default weights are not on this machine: run `longreader model pull`")
    return found


@pytest.mark.parametrize("content", [b"", b"GGUF", b"no model at all" * 100])
def test_a_file_that_is_no_model_is_refused_quietly(tmp_path, content, capfd):
    (tmp_path / "bad.gguf").write_bytes(content)
    with pytest.raises(ConfigurationError, match="cannot be loaded"):
        GgufVocabulary(tmp_path / "bad.gguf")
    assert capfd.readouterr() == ("", "")


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="cannot be loaded"):
        GgufVocabulary(tmp_path / "missing.gguf")


@pytest.mark.model
def test_counting_is_quiet_and_the_same_from_many_threads(gguf, capfd):
    vocabulary = GgufVocabulary(gguf)
    text = "The river commission met in 1907. " * 50
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(vocabulary.count_text, [text] * 64))) == 1
    assert vocabulary.count_text("") == 0
    assert vocabulary.count_text("<|im_end|>") > 1
    assert capfd.readouterr() == ("", "")


@pytest.mark.model
async def test_counts_are_those_of_the_server(gguf, tmp_path):
    vocabulary = GgufVocabulary(gguf)
    async with (
        EmbeddedServer(gguf, tmp_path / "server.log", window_tokens=1024) as server,
        openai.AsyncOpenAI(base_url=server.base_url, api_key=server.api_key) as client,
    ):
        for messages in CONVERSATIONS:
            plain = [{"role": message.role, "content": message.content} for message in messages]
            reply = await client.chat.completions.create(model=server.model_name, messages=plain, max_tokens=1)
            assert reply.usage.prompt_tokens == vocabulary.count_messages(messages)
