"""The input of a setting, by what kind it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QLineEdit, QWidget

from clinic_app.domain.calendar import weeks
from clinic_app.domain.cases import CLINIC_PLAN
from clinic_app.domain.consulting_hours import hours_text, read_hours
from clinic_app.domain.patient_texts import TextKind
from clinic_app.domain.settings import LONGEST_NAME, LONGEST_PHONE, Setting, SettingKind, SettingValue
from clinic_app.ui.context import UiContext
from clinic_app.ui.settings.names import conditions_of, products_of
from clinic_app.ui.settings.texts_field import TextsField
from clinic_app.ui.widgets import ChoiceRow, NumberField
from clinic_app.ui.widgets.setting_fields import (
    DaysField,
    LengthField,
    PlacesTable,
    PlanField,
    RuleList,
    SeveralRow,
    SpanField,
    WeekdaysRow,
)
from clinic_app.wording.language import translate
from clinic_app.wording.settings import setting_name

USUAL_PLACES = 20
_UNITS = {
    SettingKind.DAYS: ("day", "days"),
    SettingKind.WORKING_DAYS: ("working day", "working days"),
    SettingKind.MINUTES: ("minute", "minutes"),
    SettingKind.SECONDS: ("second", "seconds"),
    SettingKind.LENGTH: ("minute", "minutes"),
    SettingKind.PLACES: ("place", "places"),
    SettingKind.YEARS: ("year", "years"),
}


@dataclass(frozen=True, slots=True)
class SettingInput:
    """A widget with what reads and fills it, and its signal of an edit. ``hint`` says what may be entered."""

    widget: QWidget
    take: Callable[[], SettingValue]
    show: Callable[[SettingValue], None]
    edited: Any
    hint: str = ""


def input_of(context: UiContext, setting: Setting) -> SettingInput:
    """The input for a setting of the open clinic. Raises ``KeyError`` for one that is set elsewhere."""
    return _MAKERS[setting.kind](context, setting)


def _text(_: UiContext, __: Setting) -> SettingInput:
    line = QLineEdit()
    line.setMaxLength(LONGEST_NAME)
    return SettingInput(line, line.text, lambda value: line.setText(str(value)), line.textEdited)


def _yes_no(context: UiContext, setting: Setting) -> SettingInput:
    row = ChoiceRow(context.theme, [("yes", translate("Yes")), ("no", translate("No"))], setting_name(setting.key))
    return SettingInput(row, lambda: row.code == "yes", lambda value: row.choose("yes" if value else "no"), row.chosen)


def _number(context: UiContext, setting: Setting) -> SettingInput:
    fact = setting.fact
    one, many = (translate(words) for words in _UNITS[fact.kind])
    name = setting_name(fact.key)
    field = NumberField(context.theme, fact.least, fact.most, suffix=many, suffix_of_one=one, name=name)
    if fact.kind is SettingKind.YEARS:
        field.setSpecialValueText(translate("no set time"))
    hint = translate("From {least} to {most}").format(least=fact.least, most=fact.most)
    return SettingInput(field, field.value, field.setValue, field.valueChanged, hint)


def _weekdays(context: UiContext, setting: Setting) -> SettingInput:
    row = WeekdaysRow(context.theme, setting_name(setting.key))
    return SettingInput(row, lambda: row.value, row.show_value, row.edited)


def _places(context: UiContext, setting: Setting) -> SettingInput:
    table = PlacesTable(context.theme, setting.fact.most, USUAL_PLACES)
    return SettingInput(table, lambda: table.value, table.show_value, table.edited)


def _hours(_: UiContext, __: Setting) -> SettingInput:
    line = QLineEdit()
    hint = translate("Such as 9:00-13:00, 14:00-17:00")
    return SettingInput(
        line, lambda: read_hours(line.text()), lambda value: line.setText(hours_text(value)), line.textEdited, hint
    )


def _lengths(context: UiContext, setting: Setting) -> SettingInput:
    fact, named = setting.fact, conditions_of(context.catalogues)
    rules = RuleList(context.theme, [named], lambda: LengthField(context.theme, fact.least, fact.most), 30)
    return SettingInput(rules, lambda: rules.value, rules.show_value, rules.edited)


def _days(context: UiContext, _: Setting) -> SettingInput:
    field = DaysField(context.today)
    hint = translate("One day on each line, such as 25 Dec or 2 Oct 2026")
    return SettingInput(field, lambda: field.value, field.show_value, field.textChanged, hint)


def _products(context: UiContext, setting: Setting) -> SettingInput:
    row = SeveralRow(context.theme, products_of(context.catalogues), setting_name(setting.key))
    hint = translate("None chosen: all of them")
    return SettingInput(row, lambda: row.codes, row.choose, row.edited, hint)


def _plan(context: UiContext, _: Setting) -> SettingInput:
    field = PlanField(context.theme)
    hint = translate("Counted from the last full injection")
    return SettingInput(field, lambda: field.value, field.show_value, field.edited, hint)


def _plans(context: UiContext, setting: Setting) -> SettingInput:
    by_condition = setting.kind is SettingKind.PLANS_BY_CONDITION
    named = conditions_of(context.catalogues) if by_condition else products_of(context.catalogues)
    rules = RuleList(context.theme, [named], lambda: PlanField(context.theme), CLINIC_PLAN)
    return SettingInput(rules, lambda: rules.value, rules.show_value, rules.edited)


def _spans(context: UiContext, _: Setting) -> SettingInput:
    subjects = [products_of(context.catalogues), conditions_of(context.catalogues, or_any=True)]
    rules = RuleList(context.theme, subjects, lambda: SpanField(context.theme, translate("Shortest time")), weeks(12))
    hint = translate("Every other pair: 12 weeks")
    return SettingInput(rules, lambda: rules.value, rules.show_value, rules.edited, hint)


def _phone(_: UiContext, __: Setting) -> SettingInput:
    line = QLineEdit()
    line.setMaxLength(LONGEST_PHONE)
    hint = translate("Such as 044 2345 6789")
    return SettingInput(line, line.text, lambda value: line.setText(str(value)), line.textEdited, hint)


def _texts(context: UiContext, setting: Setting) -> SettingInput:
    field = TextsField(context, TextKind(setting.key.removeprefix("texts_")))
    return SettingInput(field, lambda: field.value, field.show_value, field.edited)


_MAKERS: dict[SettingKind, Callable[[UiContext, Setting], SettingInput]] = {
    SettingKind.TEXT: _text,
    SettingKind.YES_NO: _yes_no,
    SettingKind.PHONE: _phone,
    SettingKind.TEXTS: _texts,
    SettingKind.DAYS: _number,
    SettingKind.WORKING_DAYS: _number,
    SettingKind.MINUTES: _number,
    SettingKind.SECONDS: _number,
    SettingKind.LENGTH: _number,
    SettingKind.PLACES: _number,
    SettingKind.YEARS: _number,
    SettingKind.HOURS: _hours,
    SettingKind.LENGTHS_BY_CONDITION: _lengths,
    SettingKind.WEEKDAYS: _weekdays,
    SettingKind.PLACES_BY_WEEKDAY: _places,
    SettingKind.DATES: _days,
    SettingKind.PRODUCTS: _products,
    SettingKind.PLAN: _plan,
    SettingKind.PLANS_BY_CONDITION: _plans,
    SettingKind.PLANS_BY_PRODUCT: _plans,
    SettingKind.SPANS_BY_PRODUCT: _spans,
}
