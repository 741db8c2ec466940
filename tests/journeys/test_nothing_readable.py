"""T6: after a day's work nothing of a patient can be read anywhere on the disk; and no socket was opened."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.imaging import samples

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
PEOPLE = 200
MAGICS = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF", b"\xff\xd8\xff\xe1", b"\xff\xd8\xff\xdb", b"\x89PNG\r\n\x1a\n",
    b"SQLite format 3\x00",
)  # fmt: skip
"""Of at least four bytes: three of them are in a megabyte of random ones by chance every sixteenth time."""


def canaries() -> list[str]:
    names = [f"Canaryname{number:03} Quetzal{number:03}" for number in range(PEOPLE)]
    return [*names, "Canaryname", "CANARYNAME", "half a note about"]


def written(folder: Path) -> str:
    lines = ["mrn,name,birth_date,phone,condition,side,injection_date,product,units,notes"]
    for number in range(PEOPLE):
        name = f"Canaryname{number:03} Quetzal{number:03}"
        phone = f"98765{number:05}"
        lines.append(
            f"CNRY{number:05},{name},1961-02-03,{phone},HFS,left,2025-10-{number % 28 + 1:02},Botox,25,secret of {name}"
        )
    path = folder / "register.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def searched_for() -> list[bytes]:
    words = [*canaries(), *(f"CNRY{number:05}" for number in range(PEOPLE)), "secret of"]
    words += [f"98765{number:05}" for number in range(PEOPLE)] + [f"98765 {number:05}" for number in range(PEOPLE)]
    return [word.encode(code) for word in words for code in ("utf-8", "utf-16-le", "utf-16-be")] + list(MAGICS)


def files_below(tree: Path) -> Iterator[Path]:
    return (path for path in tree.rglob("*") if path.is_file())


def readable(tree: Path, wanted: list[bytes]) -> list[tuple[str, bytes]]:
    """What can be read in which file, or in the name of which: where a beginning is not, nothing that begins so is."""
    beginnings: dict[bytes, list[bytes]] = {}
    for one in wanted:
        beginnings.setdefault(one[:6], []).append(one)
    found: list[tuple[str, bytes]] = []
    for path in files_below(tree):
        content = path.read_bytes()
        name = str(path.relative_to(tree))
        there = (beginnings[begun] for begun in beginnings if begun in content or begun in name.encode())
        found += [(name, one) for ones in there for one in ones if one in content or one in name.encode()]
    return found


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    (folder / "photos").mkdir(parents=True)
    written(folder)
    noise = np.random.default_rng(3)
    for number in range(2):
        pixels = noise.integers(0, 255, (240, 320, 3), dtype=np.uint8)
        (folder / "photos" / f"Canaryname {number}.jpg").write_bytes(samples.jpeg(pixels=pixels))
    return folder


@pytest.mark.timeout(240)
def test_nothing_of_a_patient_can_be_read_on_the_disk_and_no_socket_is_opened(tmp_path: Path, sources: Path) -> None:
    tree = tmp_path / "tree"
    places = {name: tree / name.lower() for name in ("HOME", "TMPDIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    places |= {name: tree / name.lower() for name in ("XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR")}
    for place in places.values():
        place.mkdir(parents=True)
    photos = [path.read_bytes() for path in (sources / "photos").iterdir()]
    wanted = searched_for() + [photo[at : at + 32] for photo in photos for at in range(2000, len(photo) - 32, 997)]
    assert readable(sources, wanted), "the search itself must find what is there to be found"
    environment = {**os.environ, **{name: str(place) for name, place in places.items()}}
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.workday", str(tree), str(sources)],
        cwd=ROOT,
        env={**environment, "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    assert program.stdin is not None
    try:
        assert program.stdout.readline() == "open\n"
        assert (tree / "data" / "clinic.db-wal").stat().st_size > 0
        assert readable(tree, wanted) == []
        sockets = [str(path.readlink()) for path in Path(f"/proc/{program.pid}/fd").iterdir()] if _LINUX else []
        assert not [one for one in sockets if one.startswith("socket:")]
    finally:
        program.kill()
        program.wait()
        program.stdin.close()
        program.stdout.close()
    assert readable(tree, wanted) == []
    log = (tree / "data" / "logs" / "clinic.log").read_text("utf-8")
    assert "refused <str>" in log
    searched = list(files_below(tree))
    print(f"{len(searched)} files, {len(wanted)} things looked for, 0 found")
    assert len(searched) > 25


_LINUX = sys.platform.startswith("linux")
