import random
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from longreader.agents.llm import Message, ModelReply, ReplyCache
from longreader.agents.llm.reply_cache import request_key
from longreader.graph_store.errors import StoreError

REPLY = ModelReply("Nine hundred miles.", "stop", 20, 4, 1.5, 7)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "replies.sqlite"


def bytes_on_disk(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_keeps_replies_over_a_restart(path):
    cache = ReplyCache(path)
    assert cache.get("k") is None
    cache.put("k", REPLY, {"d"})
    cache.close()
    again = ReplyCache(path)
    assert again.get("k") == replace(REPLY, seconds=0.0, cached_tokens=None, from_cache=True)
    again.close()


def test_the_key_is_made_of_all_that_the_reply_depends_on(request_for):
    request = request_for(schema={"a": 1, "b": 2}, temperature=0.5)
    others = [
        replace(request, messages=(*request.messages, Message("user", ""))),
        replace(request, messages=(request.messages[0], Message("assistant", request.messages[1].content))),
        replace(request, max_tokens=51),
        replace(request, schema=None),
        replace(request, schema={"b": 2, "a": 1}),
        replace(request, temperature=0.6),
        replace(request, seed=1),
    ]
    keys = {request_key("m", each) for each in [request, *others]} | {request_key("n", request)}
    assert len(keys) == 9
    assert request_key("m", replace(request, purpose="p", document_ids=frozenset("d"))) in keys
    greedy = replace(request, temperature=0.0)
    assert request_key("m", greedy) == request_key("m", replace(greedy, seed=1))


def test_forgets_a_document_and_nothing_else(path):
    cache = ReplyCache(path)
    cache.put("one", REPLY, {"a"})
    cache.put("both", REPLY, {"a", "b"})
    cache.put("other", REPLY, {"b"})
    cache.put("none", REPLY, ())
    assert cache.forget("a", "unknown") == 2
    assert [key for key in ("one", "both", "other", "none") if cache.get(key)] == ["other", "none"]
    cache.close()


@pytest.mark.parametrize("max_bytes", [10**9, 200_000])
def test_no_byte_of_a_forgotten_document_stays(path, max_bytes):
    cache = ReplyCache(path, max_bytes)
    chance = random.Random(1)
    for number in range(600):
        secret = number % 3 == 0
        text = f"{'CANARY' if secret else 'normal'} {number} " * chance.choice([1, 5, 20, 60, 300])
        cache.put(f"{chance.getrandbits(128):x}", replace(REPLY, text=text), {"gone" if secret else "stays"})
    assert b"CANARY" in bytes_on_disk(path)
    cache.forget("gone")
    assert b"CANARY" not in bytes_on_disk(path)
    assert b"normal" in bytes_on_disk(path)
    cache.close()


def test_a_question_under_way_does_not_bring_a_forgotten_document_back(path):
    cache = ReplyCache(path)
    cache.forget("gone")
    cache.put("late", REPLY, {"gone", "stays"})
    cache.put("unrelated", REPLY, {"stays"})
    assert [bool(cache.get(key)) for key in ("late", "unrelated")] == [False, True]
    cache.close()


def test_the_replies_used_longest_ago_go_first(path):
    cache = ReplyCache(path, max_bytes=10_000)
    reply = replace(REPLY, text="x" * 700)
    for number in range(9):
        cache.put(str(number), reply, ())
    assert cache.get("0")
    for number in range(9, 11):
        cache.put(str(number), reply, ())
    kept = [number for number in range(11) if cache.get(str(number))]
    assert 0 in kept
    assert 10 in kept
    assert 1 not in kept
    assert len(kept) >= 8
    cache.close()


def test_a_reply_larger_than_the_limit_is_no_harm(path):
    cache = ReplyCache(path, max_bytes=100)
    cache.put("k", REPLY, ())
    assert cache.get("k") is None
    cache.close()


@pytest.mark.parametrize("junk", [b"this is no database at all " * 100, b"SQLite format 3\x00" + bytes(50)])
def test_a_damaged_file_is_set_aside_and_started_anew(path, junk, caplog):
    path.write_bytes(junk)
    cache = ReplyCache(path)
    cache.put("k", REPLY, ())
    assert cache.get("k")
    assert "set aside" in caplog.text
    assert path.with_name("replies.sqlite.damaged").read_bytes() == junk
    cache.forget("any")
    assert not path.with_name("replies.sqlite.damaged").exists()
    cache.close()


def test_damage_found_while_running_is_never_fatal(path, caplog):
    cache = ReplyCache(path)
    for number in range(300):
        cache.put(str(number), replace(REPLY, text="CANARY" * 100), {"d"})
    cache.close()
    content = bytearray(path.read_bytes())
    content[4096 * 4 :] = b"\xaa" * (len(content) - 4096 * 4)
    path.write_bytes(content)
    cache = ReplyCache(path)
    assert [cache.get(str(number)) for number in range(300)].count(None) > 0
    assert "set aside" in caplog.text
    cache.put("new", REPLY, ())
    assert cache.get("new")
    cache.forget("d")
    assert b"CANARY" not in bytes_on_disk(path)
    cache.close()


def test_a_full_disk_is_a_log_line(path, caplog):
    cache = ReplyCache(path)
    cache._connection.execute("PRAGMA max_page_count = 12")
    for number in range(20):
        cache.put(str(number), replace(REPLY, text="x" * 3000), ())
    assert "full" in caplog.text
    assert cache.get("0")
    cache.close()


def test_a_file_that_cannot_be_made_is_an_error(tmp_path):
    with pytest.raises(StoreError):
        ReplyCache(tmp_path / "no" / "such" / "folder.sqlite")


def test_many_threads(path):
    cache = ReplyCache(path)
    failures: list[BaseException] = []

    def work(name: int) -> None:
        try:
            for number in range(30):
                cache.put(f"{name}-{number}", REPLY, {str(name)})
                assert cache.get(f"{name}-{number}")
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert cache.forget("0", "1", "2", "3") == 120
    cache.close()


def test_no_prompt_is_stored(path, request_for):
    cache = ReplyCache(path)
    cache.put(request_key("m", request_for("CANARY")), REPLY, {"d"})
    cache.close()
    assert b"CANARY" not in bytes_on_disk(path)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM reply").fetchone() == (1,)
    connection.close()
