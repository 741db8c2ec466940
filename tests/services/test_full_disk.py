"""A disk that fills up while something is taken in: a small file system of the test's own, in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders import PASSPHRASE, TODAY, add_patient, door
from tests.imaging import samples

ROOT = Path(__file__).parents[2]
SCRIPT = """
set -e
mount -t tmpfs -o size="$1" none "$2"
cp -r "$3"/. "$2"
shift 3
set +e
"$@" < "$SECRET" > "$ANSWER.out" 2> "$ANSWER.err"
echo "$?" > "$ANSWER.code"
rm -f "$CLINIC_PLACE"/filler
cp -r "$CLINIC_PLACE"/. "$ANSWER.after"
"""


def can_mount(tmp_path: Path) -> bool:
    """Whether a file system of a test's own can be mounted here."""
    if not sys.platform.startswith("linux") or shutil.which("unshare") is None:
        return False
    probe = tmp_path / "probe"
    probe.mkdir()
    command = ["unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", str(probe)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def run_on_small_disk(tmp_path: Path, data: Path, size: str, *words: str) -> tuple[int, str, str, Path]:
    """Carry out a command on a copy of the clinic in a file system of ``size``; answers what it left there."""
    if not can_mount(tmp_path):
        pytest.skip("a small file system cannot be mounted here")
    place, answer, secret = tmp_path / "small", tmp_path / "answer", tmp_path / "secret"
    place.mkdir()
    (tmp_path / "answer.after").mkdir()
    secret.write_text(PASSPHRASE + "\n", encoding="utf-8")
    environment = {
        **os.environ, "CLINIC_TODAY": TODAY.isoformat(), "CLINIC_PLACE": str(place), "SECRET": str(secret),
        "ANSWER": str(answer),
    }  # fmt: skip
    command = [sys.executable, str(ROOT / "main.py"), *words, "--data", str(place), "--json", "--passphrase-fd", "0"]
    subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", SCRIPT, "sh", size, str(place), str(data), *command],
        env=environment,
        check=True,
    )
    texts = [Path(f"{answer}.{end}").read_text(encoding="utf-8") for end in ("code", "out", "err")]
    return int(texts[0]), texts[1], texts[2], tmp_path / "answer.after"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    created = door().create(str(tmp_path / "clinic"), "Test clinic", "Dr Rao", PASSPHRASE)
    add_patient(created.services)
    created.services.close()
    return tmp_path / "clinic"


def test_a_register_on_a_full_disk_leaves_nothing_half_written(tmp_path: Path, data: Path) -> None:
    path = tmp_path / "in.csv"
    lines = ["mrn,name,condition,injection_date,product,units,notes"]
    lines += [f"F{n},Person {n},HFS left,2026-01-05,Botox,25,{'long note ' * 300}" for n in range(700)]
    path.write_text("\n".join(lines), encoding="utf-8")
    size = sum(one.stat().st_size for one in data.rglob("*") if one.is_file())
    code, out, err, after = run_on_small_disk(tmp_path, data, str(size + 1_000_000), "import", "register", str(path))
    assert (code, out) == (1, ""), err
    assert str(tmp_path / "small") in err
    assert "full" in err
    services = door().open(str(after), PASSPHRASE)
    try:
        assert services.patients.count() == 1
        assert [one for one in services.check(full=True) if not one.harmless] == []
    finally:
        services.close()


def test_photographs_on_a_full_disk_are_kept_whole_or_not_at_all(tmp_path: Path, data: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    import numpy as np

    noise = np.random.default_rng(1)
    for number in range(12):
        pixels = noise.integers(0, 255, (500, 700, 3), dtype=np.uint8)
        (folder / f"{number:02}.jpg").write_bytes(samples.plain_jpeg(pixels))
    size = sum(one.stat().st_size for one in data.rglob("*") if one.is_file())
    code, out, err, after = run_on_small_disk(
        tmp_path, data, str(size + 4_500_000), "import", "pictures", str(folder), "--patient", "4127"
    )
    assert code == 1
    assert str(tmp_path / "small") in err
    assert "full" in err
    told = [json.loads(line) for line in out.splitlines()]
    assert 0 < len(told) < 12
    assert {one["result"] for one in told} == {"imported"}
    services = door().open(str(after), PASSPHRASE)
    try:
        kept = services.pictures.all()
        assert [entry.picture.sha256 for _, entry in kept] == [one["sha256"] for one in told]
        assert [one for one in services.check(full=True) if not one.harmless] == []
    finally:
        services.close()


def test_a_clinic_is_not_half_made_on_a_full_disk(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    code, out, err, after = run_on_small_disk(tmp_path, empty, "200k", "init", "--clinic", "Klinik", "--user", "Dr Rao")
    assert (code, out) == (1, ""), err
    assert str(tmp_path / "small") in err
    assert list(after.iterdir()) == []
