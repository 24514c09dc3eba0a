"""The image of the service: what its Dockerfile says, since no engine builds it here."""

import fnmatch
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
STEPS = [line.split(maxsplit=1) for line in TEXT.splitlines() if line and not line.lstrip().startswith("#")]


def steps(name: str) -> list[str]:
    return [words for step, words in STEPS if step == name]


def test_both_stages_begin_with_the_same_pinned_image():
    images = {words.split()[0] for words in steps("FROM")}
    assert len(images) == 1
    assert re.fullmatch(r"python:\d+\.\d+\.\d+-slim-\w+", images.pop())


def test_it_does_not_run_as_root():
    last_stage = STEPS[max(number for number, (step, _) in enumerate(STEPS) if step == "FROM") :]
    user = next(number for number, (step, _) in enumerate(last_stage) if step == "USER")
    assert last_stage[user][1] == "longreader"
    assert "useradd --uid 10001" in " ".join(words for _, words in last_stage[:user])
    assert {"RUN", "COPY"}.isdisjoint(step for step, _ in last_stage[user:])


def test_it_has_a_health_check():
    (check,) = steps("HEALTHCHECK")
    assert 'CMD ["python", "-m", "longreader.app.healthcheck", "/healthz"]' in check


def test_every_package_is_copied_and_reaches_the_build():
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    rooms = set(configuration["tool"]["setuptools"]["package-dir"].values())
    copied = {words.split()[0] for words in steps("COPY") if not words.startswith("--from")}
    assert rooms <= copied
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    needed = {name for words in steps("COPY") if not words.startswith("--from") for name in words.split()[:-1]}
    assert needed <= set(kept)


@pytest.mark.parametrize("path", [".env", ".git", "tests", "docker-compose.yml", ".venv"])
def test_nothing_else_reaches_the_build(path):
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    assert not any(fnmatch.fnmatch(path, line[1:]) for line in lines if line.startswith("!"))


def test_the_extras_that_it_installs_exist():
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (named,) = re.findall(r"'\.\[([\w,]+)\]'", TEXT)
    assert set(named.split(",")) <= set(configuration["project"]["optional-dependencies"])
