"""Sentences about backups, drills and restores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from clinic_app.domain.backups import (
    AgeState,
    BackupAge,
    BackupKind,
    BackupOutcome,
    BackupPlace,
    BackupRun,
    DrillReport,
    Held,
    RestoreReport,
    Snapshot,
)
from clinic_app.wording.dates import moment_words
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.sentences import sentence

MESSAGES: dict[str, str] = {
    "backup_place_missing": "“{place}” is not there. Connect the disk or the share and try again; the backups made before are whole.",
    "backup_place_gone": "“{place}” went away while the backup was being made. This backup does not count; those made before are whole. Connect the disk again and make another.",
    "backup_place_other_disk": "“{place}” holds none of the backups made there before. Is another disk connected? If this one is to get backups from now on, make one by hand.",
    "backup_place_read_only": "“{place}” cannot be written. Look whether the disk is write-protected and who may write to the folder; the backups made before are whole.",
    "backup_place_trouble": "The disk of “{place}” reported an error ({reason}). This backup does not count; those made before are whole. Check the disk and its cable.",
    "backup_disk_full": "The drive {drive} became full while the backup to “{place}” was being made. It does not count; those made before are whole. Make room, or take another disk.",
    "backup_no_room": "The drive {drive} has too little room for a backup to “{place}”: {mebibytes} MiB more are needed. Those made before are whole.",
    "backup_place_in_data": "“{place}” lies inside the clinic's own folder “{folder}”. A backup there would be lost together with it; choose another disk.",
    "backup_place_relative": "“{place}” is no full path. Write it from the drive on.",
    "backup_place_is_file": "“{place}” is a file. Choose a folder, a disk or a share.",
    "backup_place_twice": "The same place was named twice. Backups are worth more in different places.",
    "backup_same_disk": "“{place}” is on the same disk as the clinic's data: it helps against mistakes, not when the disk breaks or is stolen. Add a place on another disk.",
    "backup_no_place": "No place for backups was chosen yet. Choose a disk or a share.",
    "backup_running": "A backup is being made already. Wait until it is done.",
    "backup_of_server": "The database of this clinic is on a server; its backups are made there.",
    "backup_not_whole": "The backup in “{place}” does not hold what it should ({problem}), and does not count. Run a check of the record, then make a backup again.",
    "backup_damaged": "The backup {snapshot} in “{place}” is damaged. Take another one, and check the disk.",
    "backup_newer": "The backup {snapshot} was made by a newer version of the program. Nothing was changed. Install that version on this computer, then bring the backup back.",
    "backup_objects_bad": "{count} files of photographs in the backup {snapshot} in “{place}” are missing or damaged.",
    "backup_not_found": "There is no backup {snapshot} in “{place}”.",
    "backups_none": "There are no backups in “{place}”. Look for the folder or the disk they were made to.",
    "backup_several_clinics": "“{place}” holds backups of several clinics. Name the folder of one of them: {clinics}.",
    "backup_not_admin": "{user} was no administrator when this backup was made, or is written in another way there. A recovery code opens it, or the passphrase of {admins}.",
    "backup_audit_cut_off": "The audit ends before entry {seq}, which the backup {snapshot} holds: entries were cut off, or an older database was put in its place.",
    "backup_audit_differs": "Entry {seq} of the audit is not the one the backup {snapshot} holds: the audit was changed.",
    "backup_never": "No backup was ever made. Choose a place under Backups, on a second disk.",
    "backup_newest": "The newest backup is of {newest}.",
    "backup_made": "Backup {snapshot} made in “{place}” and checked: {objects} files of photographs, {copied} of them copied now, {opened} opened, in {seconds} s.",
    "backup_made_incomplete": "The backup is whole as far as the clinic is: {count} files of photographs are missing or damaged in the clinic itself. Run a check of the record.",
    "backup_disk_failing": "{count} files of earlier backups in “{place}” had gone bad and were copied anew: that disk loses data. Replace it soon, and add a place on another disk.",
    "backup_nowhere": "No place took a backup. {problems} What was backed up before is whole.",
    "backup_held_clock_back": "No older backup was removed: one is of the future, so the clock of the computer may be wrong.",
    "backup_held_newest_failed": "No older backup was removed, because the newest is not complete.",
    "backup_held_many_fail": "No older backup was removed, because many files fail at once. If you did not expect that, somebody may be encrypting files: unplug the backup disk and ask for help.",
    "restore_no_room": "The drive {drive} has too little room: {mebibytes} MiB more are needed. Nothing was changed; make room, or choose a folder on another drive.",
    "restore_into_backup": "“{folder}” lies where the backups are: what was restored would be lost together with them. Choose a folder elsewhere.",
    "restore_other_clinic": "“{folder}” holds another clinic. Choose a folder that is empty or not there yet.",
    "restore_not_joined": "The audit of the backup {snapshot} could not be continued. Nothing was changed; take another backup.",
    "restore_done": "Restored into “{folder}” from the backup of {moment}, in {seconds} s.",
    "restore_lost": "{count} entries of the audit made after the backup are not in it.",
    "restore_replaced": "The clinic that was there before lies in “{folder}”.",
    "restore_pictures_lost": "{count} files of photographs had no intact copy in the backup. Run a check of the record: it names them.",
    "restore_people": "These people need a new passphrase before they can sign in: {people}.",
    "drill_passed": "{day}: passed. The backup {snapshot} came back whole in {time}: {held}.",
    "drill_failed": "{day}: FAILED. {problems} The backup {snapshot} did not come back whole.",
    "drill_objects_missing": "{count} files of photographs are missing or damaged.",
    "drill_pictures_unopened": "{count} files of photographs cannot be opened.",
    "drill_head_differs": "The clinic's audit does not hold entry {seq} as the backup has it.",
    "backup_copying_database": "Copying the database…",
    "backup_copying": "Copying photographs…",
    "backup_checking": "Checking the backup…",
    "backup_opening": "Opening copied photographs…",
    "restore_copying_database": "Copying the database back…",
    "restore_copying": "Copying photographs back…",
    "restore_checking": "Checking what came back…",
    "key_slot_limits": "The key file of the clinic was changed from outside: it asks for less or far more computing than is safe. Copy vault.json from the newest backup beside clinic.db.",
}

SINGULARS: dict[str, tuple[str, str]] = {
    "backup_objects_bad": (
        "count",
        "{count} file of a photograph in the backup {snapshot} in “{place}” is missing or damaged.",
    ),
    "backup_disk_failing": (
        "count",
        "{count} file of earlier backups in “{place}” had gone bad and was copied anew: that disk loses data. Replace it soon, and add a place on another disk.",
    ),
    "backup_made_incomplete": (
        "count",
        "The backup is whole as far as the clinic is: {count} file of a photograph is missing or damaged in the clinic itself. Run a check of the record.",
    ),
    "restore_lost": ("count", "{count} entry of the audit made after the backup is not in it."),
    "restore_pictures_lost": (
        "count",
        "{count} file of a photograph had no intact copy in the backup. Run a check of the record: it names it.",
    ),
    "drill_objects_missing": ("count", "{count} file of a photograph is missing or damaged."),
    "drill_pictures_unopened": ("count", "{count} file of a photograph cannot be opened."),
}
"""Code -> what is counted, and the sentence for one of it."""

SLOW_S = 600
"""A backup that took so many seconds is said to have been slow."""

PEOPLE_NAMED = 3
"""So many people of a clinic are named where its backups are chosen from; the rest is counted."""

HELD: dict[str, str] = {
    Held.CLOCK_BACK.value: "backup_held_clock_back",
    Held.NEWEST_FAILED.value: "backup_held_newest_failed",
    Held.MANY_FAIL.value: "backup_held_many_fail",
}
"""Why no older backup was removed: the code of the sentence."""


def run_lines(run: BackupRun) -> list[str]:
    """What to say of a backup that was made."""
    facts = dict(run.facts)
    lines = [sentence("backup_made", {"snapshot": run.snapshot, "place": run.place, **facts})]
    if run.outcome is BackupOutcome.INCOMPLETE:
        lines.append(sentence("backup_made_incomplete", {"count": facts.get("lost_count", 0)}))
    lines += _failing_disk(run)
    held = str(facts.get("held", ""))
    if held in HELD:
        lines.append(sentence(HELD[held]))
    return lines


def _failing_disk(run: BackupRun) -> list[str]:
    """That the disk of a place spoils what lies on it; nothing where it does not."""
    mended = dict(run.facts).get("mended", 0)
    return [sentence("backup_disk_failing", {"count": mended, "place": run.place})] if mended else []


def drill_line(report: DrillReport) -> str:
    """The dated line of a drill."""
    words: dict[str, object] = {
        "day": report.ran_at.date(),
        "snapshot": report.snapshot,
        "time": _lasted_words(report.seconds),
        "held": _held_words(report.patients, report.pictures, report.opened),
    }
    if report.passed:
        return sentence("drill_passed", words)
    return sentence("drill_failed", {**words, "problems": " ".join(_sentences(report.problems))})


def restore_lines(report: RestoreReport) -> list[str]:
    """What to say of a restore."""
    lines = [
        sentence(
            "restore_done",
            {"folder": report.folder, "moment": moment_words(report.snapshot.made_at), "seconds": report.seconds},
        )
    ]
    if report.lost_entries:
        lines.append(sentence("restore_lost", {"count": report.lost_entries}))
    if report.replaced:
        lines.append(sentence("restore_replaced", {"folder": report.replaced}))
    if report.lost:
        lines.append(sentence("restore_pictures_lost", {"count": len(report.lost)}))
    if report.without_passphrase:
        lines.append(sentence("restore_people", {"people": list(report.without_passphrase)}))
    return lines


def outcome_words(outcome: BackupOutcome) -> str:
    """How a backup ended, in a word or two."""
    return {
        BackupOutcome.OK: translate("Whole"),
        BackupOutcome.INCOMPLETE: translate("Photographs missing"),
        BackupOutcome.FAILED: translate("Failed"),
        BackupOutcome.CANCELLED: translate("Stopped"),
    }[outcome]


def ago_words(at: datetime, now: datetime) -> str:
    """``11 minutes ago``, ``3 hours ago``, ``2 days ago``."""
    since = now - at
    if since < timedelta(minutes=1):
        return translate("just now")
    minutes = int(since.total_seconds() // 60)
    if minutes < 60:
        return translate_many("{count} minute ago", "{count} minutes ago", minutes)
    if minutes < 48 * 60:
        return translate_many("{count} hour ago", "{count} hours ago", minutes // 60)
    return translate_many("{count} day ago", "{count} days ago", minutes // (24 * 60))


def age_words(age: BackupAge, now: datetime) -> str:
    """What the status bar says of the newest backup, in few words."""
    if age.newest is None:
        return translate("No backup yet")
    if age.newest - now > timedelta(minutes=5):
        return translate("Last backup is of the future: {moment}").format(moment=moment_words(age.newest))
    if age.state is AgeState.OK:
        return translate("Backup {ago}").format(ago=ago_words(age.newest, now))
    return translate("Last backup {ago}").format(ago=ago_words(age.newest, now))


def age_sentence(age: BackupAge, *, places: bool) -> str:
    """What to do about a backup that is too old; nothing where it is not."""
    if not places and age.newest is not None:
        return translate(
            "This computer has no place for backups any more: none is made by itself. The newest is of {moment}. Add a "
            "disk, a folder on another disk, or a share."
        ).format(moment=moment_words(age.newest))
    if not places:
        return translate(
            "No place for backups was chosen yet: what is entered is only on this computer. Add a disk, a folder on "
            "another disk, or a share."
        )
    if age.newest is None:
        return translate("No backup was made yet. Connect the disk and press “Back up now”.")
    if age.state is AgeState.OK:
        return ""
    return translate(
        "The newest backup is of {moment}. Connect the disk of the backups; the next one is then made by itself."
    ).format(moment=moment_words(age.newest))


def drill_due_words() -> str:
    """That a restore should be tried."""
    return translate(
        "A backup is worth what its restore is worth: try one now. It takes some minutes and changes nothing."
    )


def rhythm_words(place: BackupPlace) -> str:
    """How often a place gets a backup."""
    if place.number:
        return translate("One a day")
    return translate("Every 30 minutes when something changed, at least one a day, and when the window is locked")


def newest_words(run: BackupRun | None, now: datetime) -> str:
    """The newest backup of a place that was reopened and checked."""
    if run is None:
        return translate("No backup there yet")
    words = translate("Newest backup {moment} ({ago}), reopened and checked").format(
        moment=moment_words(run.finished_at), ago=ago_words(run.finished_at, now)
    )
    return words if run.outcome is BackupOutcome.OK else f"{words} · {outcome_words(run.outcome)}"


def failed_words(run: BackupRun, now: datetime) -> str:
    """That the last try of a place failed, when and why."""
    return translate("The last try failed {ago}: {why}").format(
        ago=ago_words(run.finished_at, now), why=detail_words(run)
    )


def failing_words(runs: Sequence[BackupRun]) -> str:
    """``failed in “E:/backups”``, or in how many places, for the status line."""
    if len(runs) == 1:
        return translate("failed in “{place}”").format(place=runs[0].place)
    return translate("failed in {count} places").format(count=len(runs))


def kind_words(kind: BackupKind) -> str:
    """What was done."""
    return {
        BackupKind.BACKUP: translate("Backup"),
        BackupKind.DRILL: translate("Restore tried"),
        BackupKind.RESTORE: translate("Restored"),
    }[kind]


def result_words(run: BackupRun) -> str:
    """``passed`` or ``FAILED``, so that nobody overlooks it."""
    if run.outcome.counts:
        return translate("passed") if run.outcome is BackupOutcome.OK else outcome_words(run.outcome)
    return translate("FAILED") if run.outcome is BackupOutcome.FAILED else outcome_words(run.outcome)


def detail_words(run: BackupRun) -> str:
    """What it held, or what went wrong."""
    facts = dict(run.facts)
    if run.kind is BackupKind.DRILL:
        return _drill_detail(facts)
    if run.kind is BackupKind.RESTORE:
        return translate("From the backup {snapshot}").format(snapshot=run.snapshot)
    if not run.outcome.counts:
        said = facts.get("said")
        code = str(facts.get("error", ""))
        return sentence(code, {"place": run.place, **(said if isinstance(said, dict) else {})})
    parts = [_files_words(facts)]
    if "seconds" in facts:
        parts.append(translate("{seconds} s").format(seconds=facts["seconds"]))
    removed = facts.get("removed")
    if isinstance(removed, list) and removed:
        parts.append(translate_many("{count} older one removed", "{count} older ones removed", len(removed)))
    parts += _failing_disk(run)
    held = str(facts.get("held", ""))
    if held in HELD:
        parts.append(sentence(HELD[held]))
    return " · ".join(parts)


def _files_words(facts: Mapping[str, object]) -> str:
    """``24 files of photographs, 3 copied now, 20 of them opened``; what is not known is not said."""
    objects = facts.get("objects", 0)
    count = objects if isinstance(objects, int) else 0
    parts = [translate_many("{count} file of photographs", "{count} files of photographs", count)]
    if "copied" in facts:
        parts.append(translate("{copied} copied now").format(copied=facts["copied"]))
    if facts.get("all_opened"):
        parts.append(translate("all of them opened"))
    elif "opened" in facts:
        parts.append(translate("{count} of them opened").format(count=facts["opened"]))
    return ", ".join(parts)


def snapshot_words(one: Snapshot) -> str:
    """``19 Mar 2026 09:30 · 700 patients, 5000 photos``, in local time."""
    words = translate("{moment} · {patients}, {pictures}").format(
        moment=moment_words(one.made_at),
        patients=translate_many("{count} patient", "{count} patients", one.patients),
        pictures=translate_many("{count} photo", "{count} photos", one.pictures),
    )
    return words if one.complete else f"{words} · {translate('not complete')}"


def clinic_words(newest: Snapshot) -> str:
    """Whose backups these are, as far as is known before one is opened: ``This clinic · Dr Rao, Nurse Meena``."""
    named = ", ".join(newest.people[:PEOPLE_NAMED])
    if len(newest.people) > PEOPLE_NAMED:
        more = translate_many("and {count} more", "and {count} more", len(newest.people) - PEOPLE_NAMED)
        named = f"{named} {more}"
    first = translate("This clinic") if newest.mine else translate("Clinic {number}").format(number=newest.vault_id[:8])
    last = translate("newest {moment}").format(moment=moment_words(newest.made_at))
    return " · ".join(part for part in (first, named, last) if part)


def verified_words(place: str, count: int) -> str:
    """That every backup in a place is whole."""
    return translate_many(
        "The backup in “{place}” is whole: every byte was read.",
        "All {count} backups in “{place}” are whole: every byte was read.",
        count,
        place=place,
    )


def made_words(run: BackupRun, *, elsewhere: bool) -> str:
    """That a backup was made, and whether its disk may be unplugged."""
    parts = [translate("Backup made in “{place}” and checked").format(place=run.place)]
    seconds = dict(run.facts).get("seconds", 0)
    if isinstance(seconds, (int, float)) and seconds >= SLOW_S:
        said = translate("it took {minutes} minutes: the disk or the share is slow")
        parts.append(said.format(minutes=round(seconds / 60)))
    parts += _failing_disk(run)
    parts += _others_words(run)
    if elsewhere:
        parts.append(translate("you may unplug the disk now"))
    return " · ".join(parts)


def trouble_words(run: BackupRun) -> str:
    """What is wrong although a backup was made: a disk that loses data, other places that took none. Blank: nothing."""
    return " ".join([*_failing_disk(run), *(_failed_there(other) for other in _others(run) if "error" in other)])


def _others(run: BackupRun) -> list[dict[str, object]]:
    """How it went in the other places that were to get the same backup."""
    others = dict(run.facts).get("others")
    return others if isinstance(others, list) else []


def _failed_there(other: Mapping[str, object]) -> str:
    said = other.get("said")
    return sentence(str(other["error"]), {"place": other["place"], **(said if isinstance(said, dict) else {})})


def _others_words(run: BackupRun) -> list[str]:
    return [
        _failed_there(other) if "error" in other else translate("also in “{place}”").format(place=other["place"])
        for other in _others(run)
    ]


def _drill_detail(facts: Mapping[str, object]) -> str:
    words = f"{_lasted_words(facts.get('seconds'))} · " + _held_words(
        facts.get("patients"), facts.get("pictures"), facts.get("opened")
    )
    codes, said = facts.get("problems"), facts.get("said")
    if not isinstance(codes, list) or not codes:
        return words
    params = said if isinstance(said, list) else []
    return " · ".join(
        [words, *(sentence(str(code), params[at] if at < len(params) else {}) for at, code in enumerate(codes))]
    )


def _lasted_words(seconds: object) -> str:
    """``45 seconds``, ``1.5 minutes``; how long something took."""
    if not isinstance(seconds, (int, float)):
        return "?"
    if seconds < 60:
        return translate_many("{count} second", "{count} seconds", max(1, round(seconds)))
    return translate("{minutes} minutes").format(minutes=f"{seconds / 60:.1f}")


def _held_words(patients: object, photos: object, opened: object) -> str:
    """``7 patients, 3 photos, 3 files opened``."""
    counted = (
        ("{count} patient", "{count} patients", patients),
        ("{count} photo", "{count} photos", photos),
        ("{count} file opened", "{count} files opened", opened),
    )
    return ", ".join(translate_many(one, more, count if isinstance(count, int) else 0) for one, more, count in counted)


def _sentences(problems: Sequence[tuple[str, dict[str, object]]]) -> list[str]:
    return [sentence(code, params) for code, params in problems]
