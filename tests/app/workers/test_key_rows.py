from collections.abc import Callable

import pytest
from longreader.app.service.keys import Keys, opened_keys
from longreader.app.settings import Settings
from longreader.app.workers.key_rows import KeyRows
from longreader.app.workers.worker import Worker
from longreader.graph_store.errors import NotFound
from pydantic import SecretStr

NewWorker = Callable[..., Worker]


def test_a_key_counts_at_once_on_every_worker(new_worker: NewWorker):
    here, there = (Keys(KeyRows(new_worker().database)) for _ in range(2))
    assert not there.are_needed("127.0.0.1")
    key, text = here.make("acme", "the web shop")
    assert there.find(text) == key
    assert there.are_needed("127.0.0.1")
    assert there.find(text[:-1] + ("0" if text[-1] != "0" else "1")) is None
    there.revoke(key.key_id)
    assert here.find(text) is None
    assert [known.revoked is None for known in here.list()] == [False]
    with pytest.raises(NotFound):
        here.revoke(key.key_id)


def test_the_command_line_makes_the_same_keys(new_worker: NewWorker, postgres_url: str, tmp_path):
    with opened_keys(Settings(data_folder=tmp_path, database_url=SecretStr(postgres_url))) as keys:
        key, text = keys.make("acme")
    assert Keys(KeyRows(new_worker().database)).find(text) == key
    assert list(tmp_path.iterdir()) == []
