"""What the clinic asks of the time to come, and of the year that was: the forecast, a day's plan, its figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal

from clinic_app.domain.access import Action
from clinic_app.domain.calendar import add_months
from clinic_app.domain.case_page import DayEntry
from clinic_app.domain.day_plan import DayPlan, doses_of_visit, next_botox_day, plan_day
from clinic_app.domain.figures import NEW_START_MONTHS, Figures, figures, months_until
from clinic_app.domain.forecast import WEEKS, Forecast, ForecastDays, forecast
from clinic_app.domain.schedule import BotoxDay, Flag
from clinic_app.domain.schedule_filter import CallListFilter
from clinic_app.services.context import ClinicContext
from clinic_app.services.needs import needs
from clinic_app.storage.figures import Windows, cycles_of, intervals_of


class ForecastService:
    """The forecast, the plan of a day, and the figures."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context

    @needs(Action.FIND)
    def weeks(self) -> Forecast:
        """26 weeks from this one. Cases of records that are closed to who works are only counted."""
        context = self._context
        today = context.today()
        days = ForecastDays(today, self._places(today))
        with context.units.read() as unit:
            ahead = unit.forecast.ahead(today, context.rules, context.known.plans, context.access.hidden())
            taken = unit.schedule.taken_places(today, days.end)
        return forecast(ahead, days, taken, self._sizes())

    @needs(Action.FIND)
    def day_plan(self, day: date | None = None) -> DayPlan:
        """The plan of a day; None: of the next Botox day (of today where there is none soon)."""
        context = self._context
        today = context.today()
        chosen = day or next_botox_day(self._places(today), today) or today
        veil = context.access.veil()
        with context.units.read() as unit:
            bookings = [one for one in unit.schedule.appointments(chosen, chosen) if one.status.live]
            patients = unit.patients.by_ids(sorted({one.patient_id for one in bookings}))
            last = unit.forecast.last_doses([case_id for one in bookings for case_id in one.case_ids])
            taken = unit.schedule.taken_places(chosen, chosen).get(chosen, 0)
        entries = []
        counted: set[int] = set()
        for one in sorted(bookings, key=lambda one: (one.at is None, one.at or time.min, one.token, one.id)):
            entry = DayEntry(one, patients[one.patient_id].mrn, patients[one.patient_id].name)
            closed = not veil.shows_record(one.patient_id)
            entries.append((veil.booking(entry), doses_of_visit(entry, last, counted), closed))
            counted.update(one.case_ids)
        places = context.rules.places_on(chosen)
        place = BotoxDay(chosen, places, taken, places > 0)
        return plan_day(place, entries, self._sizes(), shared=context.info.choices.share_vials)

    @needs(Action.FIND)
    def figures(self) -> Figures:
        """Recall, intervals and who is lost, of twelve months. Records that are closed to who works are left out."""
        context = self._context
        today = context.today()
        first = months_until(today)[0]
        hidden = context.access.hidden()
        with context.units.read() as unit:
            given = unit.figures.given(add_months(first, -NEW_START_MONTHS), today, hidden)
            known = unit.figures.known(add_months(first, -NEW_START_MONTHS), today)
            cases = unit.figures.cases(today, hidden)
            lost = unit.figures.lost_since(hidden)
            unseen = unit.schedule.counts(today, CallListFilter(flag=Flag.NOT_SEEN), hidden)
        cycles = cycles_of(given, cases, Windows(context.rules, context.known.plans), known, first)
        intervals = intervals_of(given, cases, first)
        return figures(cycles, intervals, today, not_seen=sum(unseen.values()), lost_since=lost)

    def _places(self, today: date) -> Mapping[date, int]:
        days = (today + timedelta(days=offset) for offset in range(WEEKS * 7))
        return {day: self._context.rules.places_on(day) for day in days}

    def _sizes(self) -> Mapping[str, frozenset[Decimal]]:
        products = self._context.catalogues.products
        return {code: frozenset(vial.units for vial in one.vials) for code, one in products.items()}
