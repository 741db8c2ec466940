"""The clinic's settings: every one in one place, changed with a reason, each with its history.

What a change moves is computed anew in the same transaction: all of it is kept, or nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from clinic_app.domain.access import Action
from clinic_app.domain.catalogues import Catalogues
from clinic_app.domain.changes import Changes, Progress, Report, Topic, carry_on
from clinic_app.domain.errors import Cancelled, NotFound, RuleBroken
from clinic_app.domain.moved import MovedDates, Moves
from clinic_app.domain.patient_texts import CLINIC, PHONE, TextKind, TextLanguage, TextPage
from clinic_app.domain.public_holidays import PublicHoliday
from clinic_app.domain.settings import (
    SETTINGS,
    InForce,
    Known,
    Setting,
    SettingChange,
    SettingFact,
    SettingValue,
    checked,
    fact_of,
    in_force,
    stored_of,
    value_of,
)
from clinic_app.services.access import needs, reason_said
from clinic_app.services.context import ClinicContext, changes
from clinic_app.storage.clinic import ClinicRows, StoredChange
from clinic_app.storage.unit import UnitOfWork
from clinic_app.storage.windows import Reckoned

FIRST_STEPS: Final = "first_steps"
SHOWN: Final = 200
"""So many of those whose dates would move are listed by name."""
LOOK_WAITS_S: Final = 0.2
"""Seconds a look at what others entered waits for whoever writes."""
_BACKUPS: Final = "backup_places"


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """How far the first steps of a clinic came. ``codes_kept``: the recovery codes were typed back. ``code``: where
    they were not, which of the two it is about (0: the clinic's, 1: that of the sealed envelope); None: both.
    """

    codes_kept: bool = True
    finished: bool = True
    code: int | None = None


class SettingsService:
    """The settings of one open clinic. Everybody may read them; administrators change them."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context

    @needs(Action.FIND)
    def all(self) -> tuple[Setting, ...]:
        """Every setting with its value and its newest change, in the order of the list."""
        with self._context.units.read() as unit:
            history = unit.clinic.setting_history()
            return tuple(self._setting(unit, fact, history.get(fact.kept_in, ())) for fact in SETTINGS)

    @needs(Action.FIND)
    def get(self, key: str) -> Setting:
        """One setting with its newest change. Raises ``NotFound("setting_unknown")``."""
        fact = fact_of(key)
        with self._context.units.read() as unit:
            return self._setting(unit, fact, unit.clinic.setting_history().get(fact.kept_in, ()))

    @needs(Action.FIND)
    def value(self, key: str) -> SettingValue:
        """What a setting is now. Raises ``NotFound("setting_unknown")``."""
        fact = fact_of(key)
        with self._context.units.read() as unit:
            return self._value(unit.clinic, fact)[0]

    @needs(Action.FIND)
    def history(self, key: str) -> tuple[SettingChange, ...]:
        """Who changed a setting to what, when and why; newest first. Raises ``NotFound("setting_unknown")``."""
        fact = fact_of(key)
        with self._context.units.read() as unit:
            found = unit.clinic.setting_history().get(fact.kept_in, ())
            return self._changes(unit, fact, found)

    @needs(Action.MANAGE)
    def set(self, key: str, value: SettingValue, reason: str, report: Report = carry_on) -> Changes:
        """Change one setting. The result is how many diagnoses have other dates now.

        Raises:
            NotFound: ``setting_unknown``.
            RuleBroken: ``access_reason_missing``, and what ``domain.settings.checked`` says of the value.
            Cancelled: the report said to stop; nothing was changed.
        """
        return self._set({key: value}, reason, report)

    @needs(Action.MANAGE)
    def set_many(self, values: Mapping[str, SettingValue], reason: str, report: Report = carry_on) -> Changes:
        """Change several settings together: all of them or none. Raises as ``set``."""
        return self._set(values, reason, report)

    @needs(Action.MANAGE)
    def reset(self, key: str, reason: str, report: Report = carry_on) -> Changes:
        """Set a setting back to what is shipped; it follows the program from then on.

        Raises:
            RuleBroken: ``setting_no_shipped`` where there is no such value (the clinic's name); else as ``set``.
        """
        fact = fact_of(key)
        if fact.row and not fact.elsewhere:
            raise RuleBroken(key, "setting_no_shipped")
        return self._set({key: None}, reason, report)

    @needs(Action.FIND)
    def would_move(self, key: str, value: SettingValue, report: Report = carry_on) -> Moves:
        """Whose dates would be others; changes nothing. Raises as ``set`` for the value, and ``Cancelled``."""
        fact = fact_of(key)
        if not fact.moves_dates:
            return Moves()
        with self._context.units.read() as unit:
            values, _ = self._values(unit.clinic)
            wanted = {**values, key: checked(fact, value, self._known(), {**values, key: value})}
            return self._differ(unit, in_force(wanted, self._context.catalogues.interval_pairs()), report)

    @needs(Action.FIND)
    def holiday_countries(self) -> tuple[str, ...]:
        """The codes of the countries whose public holidays can be offered."""
        from clinic_app.exchange.public_holidays import countries

        return countries()

    @needs(Action.FIND)
    def holidays_offered(self, country: str, region: str = "") -> tuple[tuple[str, ...], tuple[PublicHoliday, ...]]:
        """The regions of a country, and its public holidays (or a region's) from today to the end of next year.

        None of them closes the clinic by itself. Raises ``NotFound``: ``holidays_unknown``.
        """
        from clinic_app.exchange.public_holidays import public_holidays, regions

        today = self._context.today()
        try:
            found = public_holidays(country, region, (today.year, today.year + 1))
        except KeyError:
            raise NotFound("holidays_unknown", country=country) from None
        return regions(country), tuple(one for one in found if one.day >= today)

    @needs(Action.FIND)
    def text_page(self, kind: TextKind) -> TextPage:
        """The program's texts of a kind with values to show them with, and other languages patients speak."""
        texts, today = self._context.texts, self._context.today()
        with self._context.units.read() as unit:
            said = unit.patients.languages()
        names = texts.names()
        spoken = {one.casefold(): one for one in said if one.casefold() not in names}
        languages = tuple(
            TextLanguage(
                code,
                texts.name(code),
                tuple(name for name, known in names.items() if known == code),
                texts.shipped(code, kind),
                {**texts.samples(code, kind, today), CLINIC: self._context.info.name, PHONE: self._phone()},
            )
            for code in texts.codes()
        )
        return TextPage(kind, languages, tuple(sorted(spoken.values(), key=str.casefold)))

    def _phone(self) -> str:
        return self._context.info.choices.clinic_phone

    @needs(Action.FIND)
    def first_steps(self) -> FirstSteps:
        """How far the first steps of this clinic came; a clinic made without them counts as through."""
        with self._context.units.read() as unit:
            stored = unit.clinic.setting(FIRST_STEPS) or {}
        code = stored.get("code")
        place = code if isinstance(code, int) else None
        return FirstSteps(bool(stored.get("codes_kept", True)), bool(stored.get("finished", True)), place)

    @needs(Action.FIND)
    def took_step(self, *, codes_kept: bool | None = None, finished: bool | None = None) -> None:
        """Remember how far the first steps came."""
        said = {"codes_kept": codes_kept, "finished": finished}
        with self._context.units.open() as unit:
            stored = unit.clinic.setting(FIRST_STEPS) or {}
            wanted = {**stored, **{name: value for name, value in said.items() if value is not None}}
            if codes_kept:
                wanted.pop("code", None)
            if wanted != stored:
                unit.clinic.set_setting(FIRST_STEPS, wanted)
                unit.commit()

    def _set(self, values: Mapping[str, SettingValue | None], reason: str, report: Report) -> Changes:
        context = self._context
        said = " ".join(reason.split()) or reason_said()
        if not said:
            raise RuleBroken("reason", "access_reason_missing")
        facts = {key: fact_of(key) for key in values}
        pairs = context.catalogues.interval_pairs()
        known = self._known()
        with context.units.open() as unit:
            context.check_clock(unit)
            unit.reason = said
            before, chosen = self._values(unit.clinic)
            after = dict(before)
            after.update({key: facts[key].shipped if value is None else value for key, value in values.items()})
            for key, fact in facts.items():
                after[key] = checked(fact, after[key], known, after)
            wanted = {
                key: fact
                for key, fact in facts.items()
                if (key in chosen if values[key] is None else after[key] != before[key])
            }
            if not wanted:
                return changes(result=0)
            for key, fact in wanted.items():
                stored = unit.clinic.setting(fact.kept_in) or {}
                new = None if values[key] is None else stored_of(fact, after[key])
                unit.clinic.set_setting(fact.kept_in, {**stored, fact.column: new})
            force = in_force(after, pairs)
            moves = any(fact.moves_dates and after[key] != before[key] for key, fact in wanted.items())
            moved = self._recompute(unit, in_force(before, pairs), force, report) if moves else 0
            undo = context.settle(force, str(after["clinic_name"]) or context.info.name)
            try:
                unit.commit()
            except BaseException:
                undo()
                raise
        topics = (Topic.PREFERENCES, Topic.SCHEDULE, Topic.CASES, Topic.PATIENTS)
        return changes(*topics, result=moved)

    def _recompute(self, unit: UnitOfWork, before: InForce, force: InForce, report: Report) -> int:
        """The dates of every case anew; answers how many moved. Raises ``Cancelled``."""
        kept = unit.windows.keep(force.rules, force.plans, (before.rules, before.plans))
        parts = self._reported(unit, kept, report, "settings_dates")
        return sum(one.before != one.after for part in parts for one in part)

    def _differ(self, unit: UnitOfWork, force: InForce, report: Report) -> Moves:
        """Every case whose dates would be others. Raises ``Cancelled``."""
        hidden = self._context.access.hidden()
        total, cases, patients, shown = 0, 0, set[int](), list[MovedDates]()
        reckoned = unit.windows.reckoned(force.rules, force.plans)
        for part in self._reported(unit, reckoned, report, "settings_looking"):
            total += len(part)
            others = [one for one in part if one.before != one.after]
            cases += len(others)
            patients.update(one.patient_id for one in others)
            shown += [
                MovedDates(one.case_id, one.condition, one.before, one.after, one.patient_id)
                for one in others
                if one.patient_id not in hidden
            ]
            shown = sorted(shown, key=_by_opening)[:SHOWN]
        people = unit.patients.by_ids(sorted({one.patient_id for one in shown}))
        named = (replace(one, mrn=people[one.patient_id].mrn, name=people[one.patient_id].name) for one in shown)
        return Moves(cases, len(patients), total, tuple(named))

    def _known(self) -> Known:
        """What a setting may name."""
        catalogues = self._context.catalogues
        return Known(frozenset(catalogues.products), frozenset(catalogues.conditions), self._context.texts.names())

    @staticmethod
    def _reported(
        unit: UnitOfWork, parts: Iterator[tuple[Reckoned, ...]], report: Report, code: str
    ) -> Iterator[tuple[Reckoned, ...]]:
        """The dates of every case by other settings, some at a time. Raises ``Cancelled``."""
        total, done = unit.cases.total(), 0
        for part in parts:
            if not report(Progress(done, total, code)):
                raise Cancelled
            yield part
            done += len(part)
        if not report(Progress(total, total, code)):
            raise Cancelled

    def _values(self, rows: ClinicRows) -> tuple[dict[str, SettingValue], frozenset[str]]:
        """The value of every setting, and which of them somebody chose."""
        found = {fact.key: self._value(rows, fact) for fact in SETTINGS}
        return {key: one[0] for key, one in found.items()}, frozenset(key for key, one in found.items() if one[1])

    def _value(self, rows: ClinicRows, fact: SettingFact) -> tuple[SettingValue, bool]:
        stored = rows.setting(fact.kept_in) or {}
        said = stored.get(self._column(fact))
        return value_of(fact, said), said is not None

    def _column(self, fact: SettingFact) -> str:
        return self._context.units.actor.computer if fact.key == _BACKUPS else fact.column

    def _setting(self, unit: UnitOfWork, fact: SettingFact, found: Sequence[StoredChange]) -> Setting:
        value, chosen = self._value(unit.clinic, fact)
        known = self._changes(unit, fact, found)
        return Setting(fact, value, chosen, known[0] if known else None)

    def _changes(self, unit: UnitOfWork, fact: SettingFact, found: Sequence[StoredChange]) -> tuple[SettingChange, ...]:
        """The changes of a setting, newest first. What one set it to is what the next one found."""
        column = self._column(fact)
        now: object = (unit.clinic.setting(fact.kept_in) or {}).get(column)
        answer: list[SettingChange] = []
        for one in found:
            before = (one.before or {}).get(column)
            if before != now:
                answer.append(SettingChange(one.at, one.by, one.reason, None if now is None else value_of(fact, now)))
            now = before
        return tuple(answer)


def read_rules(context: ClinicContext) -> None:
    """Work by the settings and the absences of doctors as they are stored now, whoever entered them.

    Nobody writes meanwhile, so that nothing that is being settled here is overwritten by what was there before.
    """
    with context.units.open(wait_s=LOOK_WAITS_S) as unit:
        clinic = unit.clinic.setting("clinic") or {}
        absences = unit.absences.since(context.today())
        context.settle(read_settings(unit.clinic, context.catalogues), str(clinic.get("name", "")) or context.info.name)
        context.info = replace(context.info, rules=replace(context.info.rules, absences=absences))


def read_settings(rows: ClinicRows, catalogues: Catalogues) -> InForce:
    """What follows from the stored settings of a clinic that is being opened."""
    values = {fact.key: value_of(fact, (rows.setting(fact.kept_in) or {}).get(fact.column)) for fact in SETTINGS}
    return in_force(values, catalogues.interval_pairs())


def _by_opening(one: MovedDates) -> tuple[date, int]:
    return min(one.before.opens or date.max, one.after.opens or date.max), one.case_id
