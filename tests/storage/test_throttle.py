"""Wrong tries at a vault: how long they make one wait, and that nothing shortens it (security page 4.3, T7)."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from clinic_app.domain.errors import AccessRefused
from clinic_app.domain.people import LONGEST_WAIT_S, MOST_TRIES, wait_after
from clinic_app.storage import durable
from clinic_app.storage import throttle as tries
from clinic_app.storage import vault as vaults
from clinic_app.storage.throttle import Throttle
from clinic_app.storage.vault import UnlockedVault, Vault

PASSPHRASE = "heron walks over quiet water"
USER = "Dr Rao"
DELAYS = [0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 512, *([900] * 8)]


class Steady:
    """The clock of a computer that was started ``up`` seconds ago."""

    def __init__(self, up: float = 5000.0) -> None:
        self.up = up

    def __call__(self) -> float:
        return self.up


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> UnlockedVault:
    return vaults.create_vault(tmp_path_factory.mktemp("vault") / "clinic", USER, PASSPHRASE, checkout=True).unlocked


@pytest.fixture
def vault(template: UnlockedVault, tmp_path: Path) -> Vault:
    """A vault in which tries have been counted since it was made."""
    shutil.copytree(template.vault.folder, tmp_path / "clinic")
    here = replace(template, vault=replace(template.vault, folder=tmp_path / "clinic"))
    Throttle(Steady()).start(here.vault)
    return vaults.with_tries_kept(here, tries.place_of(here.vault)).vault


def refused(call: Callable[[], object]) -> AccessRefused:
    with pytest.raises(AccessRefused) as caught:
        call()
    return caught.value


def fail(counter: Throttle, vault: Vault, user: str = USER) -> None:
    counter.begin(vault, user, "2026-03-19T09:00:00")


def files(vault: Vault) -> list[Path]:
    return [vault.folder / name for name in (tries.FILE_NAME, tries.COPY_NAME)]


def test_three_are_free_then_the_wait_doubles_up_to_a_quarter_of_an_hour() -> None:
    assert [wait_after(count) for count in range(1, 21)] == DELAYS
    assert wait_after(10**9) == LONGEST_WAIT_S


def test_twenty_wrong_tries_wait_as_long_as_they_should_over_restarts(vault: Vault) -> None:
    steady = Steady()
    for delay in DELAYS:
        counter = Throttle(steady)  # the program was started anew
        fail(counter, vault)
        assert counter.waiting(vault, USER) == delay
        if delay:
            steady.up += delay - 0.5
            said = refused(lambda: fail(Throttle(steady), vault))
            assert (said.code, said.params["seconds"]) == ("wait_before_trying", 1)
            steady.up += 0.5
    counter = Throttle(steady)
    fail(counter, vault)
    counter.right(vault, USER)
    assert Throttle(steady).waiting(vault, USER) == 0
    for _ in range(3):
        fail(Throttle(steady), vault)
    assert Throttle(steady).waiting(vault, USER) == 0


def test_a_restart_of_the_computer_takes_nothing_off_the_wait(vault: Vault) -> None:
    steady = Steady(up=100_000)
    for _ in range(4):
        fail(Throttle(steady), vault)
    for up in (3.0, 1.0):
        steady.up = up
        assert Throttle(steady).waiting(vault, USER) == 2
    steady.up += 1.5
    assert Throttle(steady).waiting(vault, USER) == 0.5
    steady.up += 0.5
    fail(Throttle(steady), vault)
    assert Throttle(steady).waiting(vault, USER) == 4


def test_no_clock_that_somebody_sets_is_looked_at(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    steady = Steady()
    for _ in range(6):
        fail(Throttle(steady), vault)
        steady.up += Throttle(steady).waiting(vault, USER)
    fail(Throttle(steady), vault)
    for years in (-1, 1):
        monkeypatch.setattr(time, "time", lambda years=years: 1.77e9 + years * 31_557_600)
        assert Throttle(steady).waiting(vault, USER) == 16


def test_after_a_hundred_only_a_code_or_an_admin_helps(vault: Vault) -> None:
    steady = Steady()
    for _ in range(MOST_TRIES):
        fail(Throttle(steady), vault)
        steady.up += LONGEST_WAIT_S
    steady.up += 10**7
    counter = Throttle(steady)
    assert refused(lambda: fail(counter, vault)).code == "too_many_tries"
    assert counter.waiting(vault, USER) == math.inf
    assert counter.waiting(vault, "Sister Mary") == 0
    counter.forgive(vault, USER)
    fail(counter, vault)


def test_people_do_not_wait_for_each_other_but_spellings_of_one_do(vault: Vault) -> None:
    counter = Throttle(Steady())
    for name in ("Dr Rao", "dr rao", "DR  RAO", "Dr\u00a0Ra\u200bo"):
        fail(counter, vault, name)
    assert counter.waiting(vault, USER) == 2
    assert counter.waiting(vault, "Dr Rai") == 0


@pytest.mark.parametrize("spoil", ["deleted", "emptied", "nonsense", "bit", "other clinic", "nan"])
def test_a_file_that_is_gone_or_damaged_is_no_way_out(vault: Vault, spoil: str) -> None:
    steady = Steady()
    for _ in range(5):
        fail(Throttle(steady), vault)
        steady.up += Throttle(steady).waiting(vault, USER)
    for path in files(vault):
        content = path.read_bytes()
        if spoil == "deleted":
            path.unlink()
            continue
        path.write_bytes(
            {
                "emptied": b"",
                "nonsense": b"[" * 50_000,
                "bit": content[:40] + bytes([content[40] ^ 1]) + content[41:],
                "other clinic": content.replace(vault.vault_id.encode(), b"0" * 32),
                "nan": content.replace(b'"wait_s": 0.0', b'"wait_s": NaN'),
            }[spoil]
        )
    counter = Throttle(steady)
    assert counter.waiting(vault, USER) == LONGEST_WAIT_S
    assert counter.waiting(vault, "somebody else") == LONGEST_WAIT_S
    steady.up += LONGEST_WAIT_S
    fail(Throttle(steady), vault)
    assert Throttle(steady).waiting(vault, USER) == LONGEST_WAIT_S
    steady.up += LONGEST_WAIT_S
    again = Throttle(steady)
    fail(again, vault)
    again.right(vault, USER)
    assert Throttle(steady).waiting(vault, USER) == 0


def test_one_of_the_two_files_is_enough(vault: Vault) -> None:
    steady = Steady()
    for _ in range(5):
        fail(Throttle(steady), vault)
        steady.up += Throttle(steady).waiting(vault, USER)
    for path in files(vault):
        kept = path.read_bytes()
        path.unlink()
        fail(counter := Throttle(steady), vault)
        assert counter.waiting(vault, USER) in {8, 16}
        steady.up += counter.waiting(vault, USER)
        assert kept != path.read_bytes()


def test_a_file_put_back_while_the_program_runs_is_not_believed(vault: Vault) -> None:
    steady = Steady()
    counter = Throttle(steady)
    old = [path.read_bytes() for path in files(vault)]
    for _ in range(4):
        fail(counter, vault)
    for path, content in zip(files(vault), old, strict=True):
        path.write_bytes(content)
    assert counter.waiting(vault, USER) == 2
    for path in files(vault):
        path.unlink()
    assert counter.waiting(vault, USER) == 2


def test_a_vault_of_before_and_one_in_another_place_begin_without_a_wait(vault: Vault, tmp_path: Path) -> None:
    never = replace(vault, tries_kept_in="")
    for path in files(vault):
        path.unlink()
    assert Throttle(Steady()).waiting(never, USER) == 0
    shutil.copytree(vault.folder, tmp_path / "restored")
    assert Throttle(Steady()).waiting(vaults.read_vault(tmp_path / "restored"), USER) == 0


def test_a_try_is_counted_before_it_is_made_and_withdrawn_where_it_was_none(vault: Vault) -> None:
    counter = Throttle(Steady())
    for _ in range(3):
        fail(counter, vault)
    fail(counter, vault)
    counter.withdraw(vault, USER)
    assert counter.waiting(vault, USER) == 0
    (only,) = Throttle(Steady()).unentered(vault).values()
    assert (only.failures, len(only.moments)) == (3, 3)


def test_what_the_audit_does_not_know_yet_is_kept_until_it_does(vault: Vault) -> None:
    counter = Throttle(Steady())
    for second in range(4):
        counter.begin(vault, USER, f"2026-03-19T09:00:0{second}")
    assert refused(lambda: fail(counter, vault)).code == "wait_before_trying"
    done = Throttle(Steady()).unentered(vault)
    (tried,) = done.values()
    assert (tried.moments[0], len(tried.moments), tried.refused) == ("2026-03-19T09:00:00", 4, 1)
    counter.entered(vault, done)
    assert Throttle(Steady()).unentered(vault) == {}
    assert counter.waiting(vault, USER) == 2


def test_no_name_and_nothing_that_was_tried_is_in_the_file(vault: Vault) -> None:
    fail(Throttle(Steady()), vault, "my passphrase typed into the wrong field")
    fail(Throttle(Steady()), vault)
    for path in files(vault):
        content = path.read_text("ascii")
        assert "Rao" not in content
        assert "typed" not in content
        assert json.loads(content)["format"] == tries.FORMAT


def test_a_folder_that_cannot_be_written_counts_in_memory(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, content: bytes) -> None:
        from clinic_app.domain.errors import StorageUnavailable

        raise StorageUnavailable("disk_full", drive="/", path=str(path))

    monkeypatch.setattr(durable, "write_file", full)
    counter = Throttle(Steady())
    for _ in range(4):
        fail(counter, vault)
    assert counter.waiting(vault, USER) == 2


@pytest.mark.parametrize("change", [{"wait_s": -1}, {"wait_s": 1e9}, {"at": "1"}, {"failures": True}, {"moments": [1]}])
def test_entries_that_no_program_wrote_are_damage(vault: Vault, change: dict[str, object]) -> None:
    fail(Throttle(Steady()), vault)
    for path in files(vault):
        body = json.loads(path.read_text("ascii"))
        del body["checksum"]
        next(iter(body["people"].values())).update(change)
        body["checksum"] = hashlib.sha256(tries._canonical(body)).hexdigest()
        path.write_text(json.dumps(body), "ascii")
    assert Throttle(Steady()).waiting(vault, USER) == LONGEST_WAIT_S
