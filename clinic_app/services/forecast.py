"""What the clinic asks of the time to come: 26 weeks of visits, units and vials, against its places."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from clinic_app.domain.access import Action
from clinic_app.domain.forecast import WEEKS, Forecast, ForecastDays, forecast
from clinic_app.services.context import ClinicContext
from clinic_app.services.needs import needs


class ForecastService:
    """The forecast."""

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

    def _places(self, today: date) -> Mapping[date, int]:
        days = (today + timedelta(days=offset) for offset in range(WEEKS * 7))
        return {day: self._context.rules.places_on(day) for day in days}

    def _sizes(self) -> Mapping[str, frozenset[Decimal]]:
        products = self._context.catalogues.products
        return {code: frozenset(vial.units for vial in one.vials) for code, one in products.items()}
