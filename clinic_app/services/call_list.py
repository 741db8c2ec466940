"""The call list as each person looks at it, and what is done with several of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from clinic_app.domain.access import Action
from clinic_app.domain.call_list import CallListChoices, Column, Grouping, ListGroup, ListShape, SafetyCheck
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.schedule import DrugSupply, DueEntry, FollowUpStatus
from clinic_app.domain.schedule_filter import CallListFilter
from clinic_app.services.context import ClinicContext, changes
from clinic_app.services.needs import needs
from clinic_app.services.schedule import due_entries, filter_known, keep_drug
from clinic_app.storage.call_list import CallListQuestions, FilterKnown
from clinic_app.storage.unit import UnitOfWork
from clinic_app.wording.access import restricted_name
from clinic_app.wording.cases import condition_lines

SAFETY_LINES = 200
"""So many lines of each concern are listed; more are counted."""
GroupKey = FollowUpStatus | date | str


class CallListService:
    """Columns, groups, orders and views of the call list."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context

    @needs(Action.FIND)
    def mine(self) -> tuple[CallListChoices, bool]:
        """One's own choices, and whether something of what was kept could not be read."""
        with self._context.units.read() as unit:
            return CallListChoices.of(unit.clinic.setting(self._row), self._context.today())

    @needs(Action.FIND)
    def keep(self, choices: CallListChoices) -> Changes:
        """Keep one's own choices, in the place of those before."""
        content = choices.content(self._context.today())
        with self._context.units.open() as unit:
            if unit.clinic.setting(self._row) != content:
                unit.clinic.set_setting(self._row, content)
                unit.commit()
        return changes(Topic.PREFERENCES)

    @needs(Action.FIND)
    def groups(self, narrow: CallListFilter, grouping: Grouping) -> tuple[ListGroup, ...]:
        """The groups that have rows, in their order; without a filter their counts add up to the number of cases."""
        with self._context.units.read() as unit:
            asked = self._asked(unit, narrow, ListShape(grouping))
            if grouping is Grouping.STATUS:
                left_out = self._hidden if narrow.narrows else ()
                counts = unit.schedule.counts(asked.on, narrow, left_out, asked.known)
                return tuple(ListGroup(one, counts[one]) for one in FollowUpStatus if counts.get(one))
            return unit.call_list.groups(asked, narrow, grouping, self._hidden)

    @needs(Action.FIND)
    def pages(
        self, wanted: Sequence[tuple[GroupKey, int]], limit: int, narrow: CallListFilter, shape: ListShape
    ) -> tuple[tuple[DueEntry, ...], ...]:
        """Several pages (group, offset) of the list in this shape, of one moment."""
        with self._context.units.read() as unit:
            asked = self._asked(unit, narrow, shape)
            pages = [
                self._by_urgency(unit, asked, narrow, shape, key, offset, limit)
                if not self._hidden and shape.by_urgency
                else unit.call_list.ids(asked, narrow, shape, key, offset, limit, self._hidden)
                for key, offset in wanted
            ]
            return self._rows(unit, pages)

    @staticmethod
    def _by_urgency(
        unit: UnitOfWork,
        asked: CallListQuestions,
        narrow: CallListFilter,
        shape: ListShape,
        key: GroupKey,
        offset: int,
        limit: int,
    ) -> list[int]:
        """A page in the order of urgency, of one status or of all: status after status, each through its index."""
        if isinstance(key, FollowUpStatus):
            return unit.schedule.pages([(key, offset)], asked.on, limit, narrow, (), asked.known)[0]
        falling = bool(shape.sort) and shape.sort[0].falling
        counts = unit.schedule.counts(asked.on, narrow, (), asked.known)
        found: list[int] = []
        for status in reversed(FollowUpStatus) if falling else FollowUpStatus:
            count = counts.get(status, 0)
            if offset >= count or len(found) >= limit:
                offset = max(offset - count, 0)
                continue
            [ids] = unit.schedule.pages([(status, offset)], asked.on, limit - len(found), narrow, (), asked.known)
            found += ids
            offset = 0
        return found

    @needs(Action.FIND)
    def whole_groups(
        self, keys: Sequence[GroupKey], narrow: CallListFilter, shape: ListShape
    ) -> dict[GroupKey, tuple[DueEntry, ...]]:
        """Every row of several small groups, in one question to the database."""
        with self._context.units.read() as unit:
            found = unit.call_list.ids_of_groups(self._asked(unit, narrow, shape), narrow, shape, keys, self._hidden)
            return dict(zip(found, self._rows(unit, list(found.values())), strict=True))

    @needs(Action.FIND)
    def places(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The villages and the languages of the clinic's patients: what the list can be narrowed to."""
        with self._context.units.read() as unit:
            return unit.call_list.villages(), unit.call_list.languages()

    @needs(Action.FIND)
    def safety(self, most: int = SAFETY_LINES) -> SafetyCheck:
        """Diagnoses that no list of the day would show although somebody has to look at them."""
        with self._context.units.read() as unit:
            found = unit.call_list.safety(CallListQuestions(self._context.today(), FilterKnown()), most)
        veil = self._context.access.veil()
        return replace(
            found,
            entries=tuple(
                replace(one, name=restricted_name(), condition="")
                if one.patient_id in veil.hidden
                else one
                if veil.shows_record(one.patient_id)
                else replace(one, condition="")
                for one in found.entries
            ),
        )

    @needs(Action.REGISTER, appointment="appointment_ids")
    def set_drugs(self, appointment_ids: tuple[int, ...], drug: DrugSupply) -> Changes:
        """Say of several bookings at once whether the toxin will be there; ``result`` holds what takes each back."""
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            undone = []
            for one in dict.fromkeys(appointment_ids):
                before = unit.schedule.appointment(one)
                brought = (before.drug_product, before.drug_batch) if drug is DrugSupply.PATIENT_BRINGS else (None, "")
                undone.append(keep_drug(context, unit, one, drug, *brought))
            unit.commit()
        return changes(Topic.SCHEDULE, result=tuple(undone))

    def _rows(self, unit: UnitOfWork, pages: Sequence[Sequence[int]]) -> tuple[tuple[DueEntry, ...], ...]:
        ids = [id_ for page in pages for id_ in page]
        entries = {entry.case_id: entry for entry in due_entries(self._context, unit, ids, self._context.today())}
        return tuple(tuple(entries[id_] for id_ in page if id_ in entries) for page in pages)

    def _asked(self, unit: UnitOfWork, narrow: CallListFilter, shape: ListShape) -> CallListQuestions:
        known = filter_known(self._context, unit, narrow)
        if any(key.column is Column.DIAGNOSIS for key in shape.sort):
            known = replace(known, condition_ranks=self._condition_ranks())
        return CallListQuestions(self._context.today(), known)

    def _condition_ranks(self) -> dict[str, int]:
        """Where each condition stands by the words it is shown in."""
        conditions = self._context.catalogues.conditions
        words = {code: condition_lines(one, None, "") for code, one in conditions.items()}
        return {code: rank for rank, code in enumerate(sorted(words, key=lambda code: (words[code], code)))}

    @property
    def _hidden(self) -> frozenset[int]:
        """Whom a filter never finds, an order puts last, and no group names: it would tell what may not be seen."""
        return self._context.access.hidden()

    @property
    def _row(self) -> str:
        return f"call_list_{self._context.access.user.id}"
