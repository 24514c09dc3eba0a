import subprocess
import sys
from pathlib import Path

import longreader
import pytest


def test_every_public_name_can_be_imported():
    for name in longreader.__all__:
        assert getattr(longreader, name).__name__ == name


def test_the_homes_list_exactly_the_public_names():
    listed = [name for exported in longreader._HOMES.values() for name in exported]
    assert sorted(listed) == longreader.__all__


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="Writer"):
        _ = longreader.Writer


def test_importing_the_package_loads_nothing_heavy():
    heavy = "torch spacy faiss langgraph sentence_transformers pypdfium2 llama_cpp sqlalchemy openai".split()
    code = f"import sys, longreader.app.main; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_listing_documents_loads_neither_the_parsers_nor_what_asking_needs(tmp_path: Path):
    heavy = "torch spacy faiss langgraph sentence_transformers pypdfium2 llama_cpp openai httpx2 jinja2 yaml lxml numpy"
    code = (
        "import sys\nfrom longreader import Reader\n"
        "with Reader(sys.argv[1]) as reader:\n    reader.documents(), reader.collections()\n"
        f"print([m for m in {heavy.split()!r} if m in sys.modules])"
    )
    # The first one makes the folder, which brings Alembic.
    for _ in range(2):
        command = [sys.executable, "-c", code, str(tmp_path / "data")]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
