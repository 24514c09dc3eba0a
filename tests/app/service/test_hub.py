"""The hub: a reader a tenant, lent and closed again, and the lock of the data folder."""

from pathlib import Path

import pytest
from longreader import AsyncReader, ConfigurationError, StoreLocked
from longreader.app.service.hub import LOCAL, Hub
from longreader.app.settings import Settings
from longreader.graph_store.embedder import HashEmbedder


async def test_the_local_tenant_has_the_data_folder_itself(settings: Settings, hub: Hub, rules: Path):
    async with hub.reader(LOCAL) as reader:
        added = await reader.add(rules)
    await hub.close()
    async with AsyncReader(settings.data_folder, embedder=HashEmbedder()) as alone:
        assert alone.document(added.document_id).title == "Rules of the club"


async def test_tenants_do_not_see_each_others_documents(hub: Hub, rules: Path):
    async with hub.reader("one") as one, hub.reader("two") as two:
        await one.add(rules)
        assert [len(reader.documents()) for reader in (one, two)] == [1, 0]
    assert hub.folder("one") != hub.folder("two")
    assert hub.folder(LOCAL) in hub.folder("one").parents


async def test_the_same_reader_is_lent_twice(hub: Hub):
    async with hub.reader("one") as one, hub.reader("one") as again:
        assert one is again


async def test_what_nothing_uses_is_closed_when_there_are_too_many(settings: Settings):
    async with Hub(settings, embedder=HashEmbedder(), open_count=2) as hub:
        async with hub.reader("one") as one, hub.reader("two") as two:
            assert len([one.documents(), two.documents()]) == 2, "more than that stay open while they are in use"
        async with hub.reader("three"):
            with pytest.raises(ConfigurationError, match="closed"):
                one.collections()
        async with hub.reader("one") as opened:
            assert opened.documents() == []


@pytest.mark.data_folder_only
async def test_the_data_folder_belongs_to_one_service(settings: Settings, hub: Hub):
    with pytest.raises(StoreLocked):
        await Hub(settings, embedder=HashEmbedder()).__aenter__()
