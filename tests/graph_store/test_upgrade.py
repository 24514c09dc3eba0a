import shutil
import sqlite3
from pathlib import Path

import pytest
from longreader.graph_store import backup, schema, upgrade
from longreader.graph_store.embedder import HashEmbedder
from longreader.graph_store.errors import StoreError, StoreTooNew
from longreader.graph_store.sqlite import SqliteDatabase
from longreader.graph_store.store import Store
from sqlalchemy import text

# One data folder of each schema revision, as the backup that it gave: made by data/make_store.py.
OLDER = sorted((Path(__file__).parent / "data").glob("store-*.zip"))

_REVISION = """
from alembic import op
import sqlalchemy as sa

revision, down_revision, branch_labels, depends_on = "9000", "{newest}", None, None


def upgrade():
    with op.batch_alter_table("documents") as documents:
        documents.add_column(sa.Column("language", sa.String, nullable=False, server_default="en"))
        documents.drop_column("media_type")
    {then}
"""


@pytest.fixture
def revise(tmp_path, monkeypatch):
    """Makes a throwaway revision 9000 the newest one; it makes the documents' table anew."""
    migrations = tmp_path / "migrations"
    shutil.copytree(upgrade.MIGRATIONS, migrations)

    def make(then: str = "pass") -> None:
        (migrations / "versions" / "9000_later.py").write_text(
            _REVISION.replace("{then}", then).replace("{newest}", schema.REVISION)
        )
        monkeypatch.setattr(upgrade, "MIGRATIONS", migrations)
        monkeypatch.setattr(upgrade, "REVISION", "9000")

    return make


@pytest.fixture
async def older(folder, store, collection, add, bridges) -> Path:
    """The database of a data folder with a document."""
    await add(bridges(4))
    store.close()
    return folder / "longreader.sqlite"


def _count(path: Path, table: str) -> int:
    with sqlite3.connect(path) as driver:
        (count,) = driver.execute(f"SELECT count(*) FROM {table}").fetchone()
    driver.close()
    return count


@pytest.mark.parametrize("path", OLDER, ids=lambda path: path.stem)
async def test_a_folder_of_an_earlier_revision_is_read(path, tmp_path):
    folder = tmp_path / "earlier"
    folder.mkdir()
    backup.restore(path, folder)
    with Store.open(folder, HashEmbedder()) as store:
        collection = store.collection()
        [info] = collection.documents()
        assert (info.title, info.status, info.fact_count) == ("Bridges", "ready", 6)
        hits = await collection.search("bridge of Lopez 1902", 3)
        assert any("1902" in collection.text_of(hit.passage) for hit in hits)
        assert "lopez" in collection.graph
        assert store.trace("t0").document_ids == {info.document_id}
        store.delete_document(collection, info.document_id)
        assert collection.documents() == []


def test_there_is_a_folder_of_every_earlier_revision():
    known = {path.name.split("_")[0] for path in (upgrade.MIGRATIONS / "versions").glob("0*.py")}
    assert known - {schema.REVISION} <= {path.stem.removeprefix("store-") for path in OLDER}


async def test_an_upgrade_keeps_every_row_and_removes_its_copy(older, revise):
    before = {table: _count(older, table) for table in ("documents", "chunks", "passages", "facts", "key_elements")}
    revise()
    database = SqliteDatabase(older)
    with database.reading() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9000"
        assert connection.scalars(text("SELECT language FROM documents")).all() == ["en"]
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
    database.close()
    assert {table: _count(older, table) for table in before} == before
    assert not upgrade.copy_before_upgrade(older).exists()


@pytest.mark.parametrize(
    ("then", "error"),
    [
        ("raise ZeroDivisionError", ZeroDivisionError),
        ("op.execute('DELETE FROM documents')", StoreError),
        ("op.execute('SELECT nothing')", StoreError),
    ],
)
async def test_an_upgrade_that_fails_leaves_the_old_one_and_its_copy(older, revise, then, error):
    before = _count(older, "facts")
    revise(then)
    with pytest.raises(error):
        SqliteDatabase(older)
    copy = upgrade.copy_before_upgrade(older)
    for path in (older, copy):
        with sqlite3.connect(path) as driver:
            assert driver.execute("SELECT version_num FROM alembic_version").fetchone() == (schema.REVISION,)
        driver.close()
        assert (_count(path, "documents"), _count(path, "facts")) == (1, before)
    revise()
    SqliteDatabase(older).close()
    assert not copy.exists()


async def test_a_newer_folder_is_refused_and_left_as_it_is(folder, older):
    with sqlite3.connect(older) as driver:
        driver.execute("UPDATE alembic_version SET version_num = '9999'")
    driver.close()
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(StoreTooNew) as caught:
        Store.open(folder, HashEmbedder())
    assert "newer one" in caught.value.hint
    after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert after == before
