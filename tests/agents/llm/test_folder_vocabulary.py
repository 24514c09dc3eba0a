import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from longreader.agents.llm.folder_vocabulary import FolderVocabulary
from longreader.agents.llm.model import Message
from longreader.graph_store.errors import ConfigurationError
from tokenizers import Tokenizer, models, pre_tokenizers

TEMPLATE = (
    "{% for m in messages %}<|s|> {{ m.role }} {{ m.content }} {% endfor %}"
    "{% if add_generation_prompt %}<|s|>{% if enable_thinking is defined and not enable_thinking %} quiet{% endif %}"
    "{% endif %}"
)


def make_folder(folder: Path, template: str | None = TEMPLATE) -> Path:
    """A model folder whose tokens are words."""
    tokenizer = Tokenizer(models.WordLevel({"<|s|>": 0, "user": 1, "river": 2, "[UNK]": 3}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.add_special_tokens(["<|s|>"])
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "config.json").write_text(json.dumps({"model_type": "qwen2"}))
    told = {"tokenizer_class": "PreTrainedTokenizerFast", "unk_token": "[UNK]"} | (
        {"chat_template": template} if template else {}
    )
    (folder / "tokenizer_config.json").write_text(json.dumps(told))
    return folder


def test_a_text_is_counted_without_anything_around_it(tmp_path):
    vocabulary = FolderVocabulary(make_folder(tmp_path))
    assert vocabulary.count_text("the long river") == 3
    assert vocabulary.count_text("") == 0
    assert vocabulary.count_text("river \ud800 river") == 3


def test_messages_are_counted_with_their_template_and_thinking_off(tmp_path):
    vocabulary = FolderVocabulary(make_folder(tmp_path))
    messages = (Message("system", "be brief"), Message("user", "river"))
    # <|s|> system be brief <|s|> user river <|s|> quiet
    assert vocabulary.count_messages(messages) == 9


def test_counts_are_the_same_from_many_threads(tmp_path):
    vocabulary = FolderVocabulary(make_folder(tmp_path))
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(vocabulary.count_text, ["the river " * 200] * 64)) == {400}


def test_a_model_without_a_chat_template_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="no chat template"):
        FolderVocabulary(make_folder(tmp_path, template=None))


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="no tokenizer"):
        FolderVocabulary(tmp_path)
