"""What is said of backups: ages, results, failures, slow disks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from clinic_app.domain.backups import BackupKind, BackupOutcome, BackupRun, age_of
from clinic_app.wording.backups import age_sentence, age_words, ago_words, detail_words, made_words, result_words

NOW = datetime(2026, 3, 19, 15)  # noqa: DTZ001


def run(outcome: BackupOutcome, facts: Mapping[str, object], kind: BackupKind = BackupKind.BACKUP) -> BackupRun:
    return BackupRun(1, kind, "E:/backups", "s", NOW, NOW, outcome, 3, facts)


@pytest.mark.parametrize(
    ("since", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=26), "26 hours ago"),
        (timedelta(days=9), "9 days ago"),
    ],
)
def test_an_age_in_words(since: timedelta, words: str) -> None:
    assert ago_words(NOW - since, NOW) == words


def test_the_status_line_in_few_words() -> None:
    assert age_words(age_of(None, NOW), NOW) == "No backup yet"
    assert age_words(age_of(NOW - timedelta(minutes=11), NOW), NOW) == "Backup 11 minutes ago"
    assert age_words(age_of(NOW - timedelta(days=2), NOW), NOW) == "Last backup 2 days ago"
    ahead = age_of(NOW + timedelta(days=1), NOW)
    assert age_words(ahead, NOW) == "Last backup is of the future: 20 Mar 2026 15:00"


def test_what_to_do_about_an_old_backup() -> None:
    fine = age_of(NOW - timedelta(hours=1), NOW)
    assert age_sentence(fine, places=True) == ""
    assert "only on this computer" in age_sentence(age_of(None, NOW), places=False)
    gone = age_sentence(fine, places=False)
    assert "no place for backups any more" in gone
    assert "only on this computer" not in gone
    assert "Connect the disk" in age_sentence(age_of(None, NOW), places=True)
    assert "17 Mar 2026 15:00" in age_sentence(age_of(NOW - timedelta(days=2), NOW), places=True)


def test_failures_are_sentences_with_what_was_known() -> None:
    full = run(BackupOutcome.FAILED, {"error": "backup_disk_full", "said": {"drive": "E:"}})
    assert result_words(full) == "FAILED"
    assert detail_words(full).startswith("The drive E: became full while the backup to “E:/backups”")
    drill = run(
        BackupOutcome.FAILED,
        {"seconds": 90, "patients": 7, "pictures": 3, "opened": 3, "problems": ["drill_objects_missing"],
         "said": [{"count": 2}]},
        BackupKind.DRILL,
    )  # fmt: skip
    assert detail_words(drill) == (
        "1.5 minutes · 7 patients, 3 photos, 3 files opened · 2 files of photographs are missing or damaged."
    )


def test_a_slow_disk_is_said_and_an_own_disk_may_be_unplugged() -> None:
    quick = run(BackupOutcome.OK, {"seconds": 12})
    assert made_words(quick, elsewhere=False) == "Backup made in “E:/backups” and checked"
    assert made_words(quick, elsewhere=True).endswith("you may unplug the disk now")
    assert "it took 20 minutes: the disk or the share is slow" in made_words(
        run(BackupOutcome.OK, {"seconds": 1200}), elsewhere=False
    )
