"""The page of the library, and the docstrings that it is made from."""

import importlib.util
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import longreader
import pytest
from pydantic import BaseModel

DOCS = Path(__file__).parents[2] / "docs"
# They fail only where everything fails: the data folder is not to be had, or the reader was closed.
NEVER_RAISING = {"collections", "traces", "close"}


@pytest.fixture(scope="module")
def make_api() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_api", DOCS / "make_api.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_current(make_api: ModuleType) -> None:
    assert (DOCS / "api.md").read_text(encoding="utf-8") == make_api.page(), "run `make api`"


def test_a_readers_methods_are_on_the_page(make_api: ModuleType) -> None:
    page = make_api.page()
    for name, _ in public_methods(longreader.AsyncReader):
        assert f"\n#### AsyncReader.{name}\n" in page
        assert f"\n#### Reader.{name}\n" in page


def test_every_public_name_is_on_the_page_once(make_api: ModuleType) -> None:
    page = make_api.page()
    for name in longreader.__all__:
        heads = re.findall(rf"^(?:### |\s*- `){name}(?:$|` \()", page, re.MULTILINE)
        assert len(heads) == 1, name


def public_methods(made: type) -> Iterator[tuple[str, object]]:
    parts = [base for base in made.__mro__[1:] if base.__module__.startswith("longreader.app.parts")]
    for owner in (made, *parts):
        for name, member in vars(owner).items():
            if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, property)):
                yield name, member


@pytest.mark.parametrize("name", longreader.__all__)
def test_every_public_name_and_method_has_a_docstring(name: str) -> None:
    made = getattr(longreader, name)
    assert vars(made).get("__doc__"), name
    for method, member in public_methods(made) if not issubclass(made, BaseModel) else ():
        assert inspect.getdoc(member), f"{name}.{method}"


@pytest.mark.parametrize(("name", "member"), list(public_methods(longreader.AsyncReader)))
def test_a_readers_method_tells_its_arguments_and_errors(name: str, member: object) -> None:
    told = inspect.getdoc(member) or ""
    assert callable(member)
    arguments = set(inspect.signature(member).parameters) - {"self"}
    block = told.partition("Args:")[2].partition("\n\n")[0]
    named = {one for line in re.findall(r"^ {4}(\w[\w, ]*):", block, re.MULTILINE) for one in line.split(", ")}
    assert named == arguments
    assert "Raises:" in told or name in NEVER_RAISING


@pytest.mark.parametrize(
    ("blocking", "other"),
    [(longreader.Reader, longreader.AsyncReader), (longreader.ReaderChat, longreader.AsyncReaderChat)],
)
def test_both_readers_have_the_same_methods_and_arguments(blocking: type, other: type) -> None:
    methods = {name: member for name, member in public_methods(blocking) if callable(member)}
    others = {name: member for name, member in public_methods(other) if callable(member)}
    assert set(methods) == set(others)
    for name, member in methods.items():
        assert inspect.signature(member).parameters == inspect.signature(others[name]).parameters
        told = inspect.getdoc(member) or ""
        assert f"see `{other.__name__}.{name}`" in told or len(inspect.signature(member).parameters) == 1


def test_every_error_that_reaches_a_user_is_public() -> None:
    from longreader.agents import errors as reading_errors
    from longreader.graph_store import errors

    kinds = {
        name
        for module in (errors, reading_errors)
        for name, kind in vars(module).items()
        if isinstance(kind, type) and issubclass(kind, longreader.ReaderError)
    }
    assert kinds - set(longreader.__all__) == {"BudgetSpent"}
