"""Keys: their texts are told once and never stored; who has none is refused where one is needed."""

from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from longreader import ConfigurationError, InputError, NotFound, StoreError
from longreader.app.service.hub import Hub
from longreader.app.service.key_file import FILE_NAME, KeyFile
from longreader.app.service.keys import Keys, is_loopback
from longreader.app.settings import ServiceSettings, Settings
from longreader.graph_store.embedder import HashEmbedder

Check = Callable[[httpx2.Response, int, str], None]


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(KeyFile(tmp_path))


def test_a_key_is_found_by_its_text_until_it_is_revoked(keys: Keys):
    key, text = keys.make("acme", "the web shop")
    _, other = keys.make("acme")
    assert keys.find(text) == key
    keys.revoke(key.key_id)
    assert keys.find(text) is None
    found = keys.find(other)
    assert found is not None
    assert found.tenant == "acme"
    assert [known.revoked is None for known in keys.list()] == [False, True]
    with pytest.raises(NotFound):
        keys.revoke(key.key_id)


def test_the_file_holds_no_secret(keys: Keys, tmp_path: Path):
    _, text = keys.make("acme")
    kept = (tmp_path / FILE_NAME).read_bytes()
    assert text.rpartition("_")[2].encode() not in kept
    assert bytes.fromhex(text.rpartition("_")[2]) not in kept
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o077 == 0


def test_what_is_nearly_a_key_is_none(keys: Keys):
    key, text = keys.make("acme")
    wrong = "0" if text[-1] != "0" else "1"
    for tried in (
        "",
        text[:-1],
        text[:-1] + wrong,
        text + "0",
        text.upper(),
        f"lr_{key.key_id}_",
        " " + text,
        "lr_x_y",
    ):
        assert keys.find(tried) is None


@pytest.mark.parametrize("tenant", ["", "..", "a/b", "A", "-a", "a" * 64, "a b", "ä"])
def test_a_tenant_that_cannot_be_a_folder_is_refused(keys: Keys, tenant: str):
    with pytest.raises(InputError):
        keys.make(tenant)
    assert not keys.were_ever_made()


def test_a_damaged_file_opens_no_door(keys: Keys, tmp_path: Path):
    _, text = keys.make("acme")
    (tmp_path / FILE_NAME).write_bytes(b"damaged" * 1_000)
    with pytest.raises(StoreError):
        keys.find(text)
    with pytest.raises(StoreError):
        keys.are_needed("127.0.0.1")


def test_where_others_reach_it_a_key_is_needed(keys: Keys):
    assert not keys.are_needed("127.0.0.1")
    assert keys.are_needed("0.0.0.0")
    keys.require_for("127.0.0.1")
    for host in ("0.0.0.0", "192.168.1.4", "::", "service.example"):
        with pytest.raises(ConfigurationError):
            keys.require_for(host)
    key, _ = keys.make("acme")
    keys.require_for("0.0.0.0")
    keys.revoke(key.key_id)
    with pytest.raises(ConfigurationError):
        keys.require_for("0.0.0.0")
    assert keys.are_needed("127.0.0.1"), "revoking the last key opens no door"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost", "LOCALHOST"])
def test_loopback_addresses_are_told(host: str):
    assert is_loopback(host)


async def test_a_service_that_others_reach_does_not_start_without_a_key(tmp_path: Path):
    settings = Settings(data_folder=tmp_path, service=ServiceSettings(host="0.0.0.0"))
    with pytest.raises(ConfigurationError):
        await Hub(settings, embedder=HashEmbedder()).__aenter__()
    assert not Keys(KeyFile(tmp_path)).were_ever_made()


async def test_from_the_first_key_on_one_is_asked_for(client: httpx2.AsyncClient, hub: Hub, is_problem: Check):
    assert (await client.get("/v1/collections")).status_code == 200
    key, text = hub.keys.make("local")
    refused = await client.get("/v1/collections")
    is_problem(refused, 401, "unauthorized")
    assert refused.headers["www-authenticate"] == "Bearer"
    for wrong in ("Bearer lr_x", f"Basic {text}", text):
        is_problem(await client.get("/v1/collections", headers={"Authorization": wrong}), 401, "unauthorized")
    right = {"Authorization": f"Bearer {text}"}
    assert (await client.get("/v1/collections", headers=right)).status_code == 200
    hub.keys.revoke(key.key_id)
    is_problem(await client.get("/v1/collections", headers=right), 401, "unauthorized")
