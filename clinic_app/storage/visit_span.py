"""The cases of a week of the forecast, as a condition of the call list."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, case, false, func, not_, or_

from clinic_app.domain.schedule_filter import VisitSpan
from clinic_app.storage.records.cases import CaseRecord


def in_span(span: VisitSpan, next_booking: ColumnElement[date]) -> ColumnElement[bool]:
    """The cases of a span, by the same rules as ``domain.forecast.next_visit``.

    ``next_booking``: the day of a case's first live booking on or after ``span.on``.
    """
    on = span.on
    held = and_(CaseRecord.held_from <= on, CaseRecord.held_until >= on)
    unbooked = and_(or_(CaseRecord.booked_on.is_(None), CaseRecord.booked_on < on), CaseRecord.opens.is_not(None))
    not_held = or_(CaseRecord.held_until.is_(None), not_(held))
    wanted: list[ColumnElement[bool]] = []
    if span.waiting:
        wanted.append(and_(unbooked, CaseRecord.opens <= on, not_held))
    if span.booked:
        wanted.append(and_(CaseRecord.booked_on >= on, next_booking.between(span.first, span.last)))
    if span.opening is not None:
        first, last = span.opening
        opening = case((CaseRecord.come_on > CaseRecord.opens, CaseRecord.come_on), else_=CaseRecord.opens)
        late = func.coalesce(
            and_(CaseRecord.held_until >= opening, or_(CaseRecord.held_from <= opening, held)), false()
        )
        after = and_(late, CaseRecord.held_until.between(first - timedelta(days=1), last - timedelta(days=1)))
        wanted.append(
            and_(
                unbooked,
                or_(CaseRecord.opens > on, held),
                or_(and_(not_(late), opening.between(first, last)), after),
            )
        )
    return and_(CaseRecord.stopped_since.is_(None), or_(false(), *wanted))
