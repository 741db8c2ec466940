"""The words on paper: lists in the clinic's language, slips and letters in the patient's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from clinic_app.domain.back_entry import BOXES, BackKey
from clinic_app.domain.calls import QrMatrix
from clinic_app.domain.catalogue_entries import Condition
from clinic_app.domain.day_plan import DayPlan
from clinic_app.domain.papers import (
    BLANK_BOOKINGS,
    BLANK_CALLS,
    BLANK_INJECTIONS,
    CALLS_A_PAGE,
    Addressed,
    CallRow,
    CellStyle,
    Column,
    DayVisit,
    HandedOver,
    LabelPart,
    LabelSheet,
    Letter,
    LetterPart,
    Line,
    ListPart,
    NextVisit,
    PaperKind,
    PaperSize,
    Part,
    PrintedPaper,
    Slip,
    SlipFacts,
    SlipPart,
    stem_of,
)
from clinic_app.domain.patient_texts import TextKind
from clinic_app.domain.patients import Patient, initials
from clinic_app.domain.schedule import AppointmentStatus, BotoxDay, DueEntry, Flag, FollowUpStatus
from clinic_app.domain.units import Units
from clinic_app.wording.calendar import days_words, short_day
from clinic_app.wording.cases import condition_lines
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.dates import moment_words, weekday_day
from clinic_app.wording.day_plan import (
    InUse,
    discarded_words,
    no_drug_words,
    plan_rules,
    product_sentence,
    sharing_words,
    supply_words,
    vials_words,
)
from clinic_app.wording.day_plan import dose_words as planned_dose_words
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.patient_lines import do_not_call_words, phone_line, phone_number
from clinic_app.wording.patient_texts import PatientTexts
from clinic_app.wording.patients import person_line
from clinic_app.wording.schedule import (
    NamedProduct,
    attempt_words,
    booking_words,
    drug_words,
    flag_words,
    place_words,
    product_words,
    status_name,
    status_words,
)
from clinic_app.wording.units import dose_words

MESSAGES: dict[str, str] = {
    "paper_too_long": "{count} rows are more than the {limit} that are printed at once. Narrow the list first.",
    "paper_nobody": "There is nobody to print this for. Choose patients first.",
    "paper_no_day": "No Botox day is near, so there is no day to print a list of. Choose a day in the week first.",
    "paper_no_booking": "There is no booking to print a slip of. Book a day first.",
    "paper_no_window": "No window for a next injection lies ahead of this patient, so there is no slip to print. Book a day instead.",
    "letter_departed": "{name} has died or moved away: no letter is written.",
    "letter_not_allowed": "{name} does not want letters from the clinic.",
    "label_sheet_unknown": "There is no sheet of labels “{sheet}”.",
}

KINDS: dict[PaperKind, str] = {
    PaperKind.CALL_LIST: "Call list",
    PaperKind.DAY_LIST: "Day list",
    PaperKind.DAY_PLAN: "Plan of a clinic day",
    PaperKind.SLIP: "Appointment slip",
    PaperKind.NEXT_VISIT: "Next-visit slip",
    PaperKind.LETTER: "Letters",
    PaperKind.LABELS: "Labels",
    PaperKind.POWER_CUT: "Sheet for a day without power",
    PaperKind.HANDOVER: "Handover note",
}
BACK_KEYS: dict[BackKey, str] = {
    BackKey.NO_ANSWER: "no answer",
    BackKey.TOLD_FAMILY: "told family",
    BackKey.CANNOT_COME: "can’t come",
    BackKey.CANNOT_COME_MONEY: "can’t come: money",
    BackKey.CANNOT_COME_TRAVEL: "can’t come: travel",
    BackKey.CANNOT_COME_DRUG: "can’t come: no drug",
    BackKey.WORN_OFF: "called us: worn off",
    BackKey.PROBLEM: "called us: problem",
    BackKey.WANTS_DATE: "called us: wants a date",
    BackKey.WILL_COME: "will come",
    BackKey.WRONG_NUMBER: "wrong number",
    BackKey.DECLINED: "declined",
    BackKey.SWITCHED_OFF: "switched off",
    BackKey.BOOKED: "booked, with the day",
    BackKey.CAME: "came",
    BackKey.MISSED: "missed",
    BackKey.CANCELLED: "cancelled by patient",
}
_WARNED = (Flag.LATE, Flag.MISSED, Flag.ASK_DOCTOR, Flag.NOT_FINALISED, Flag.AFTER_PHOTO, Flag.NOT_SEEN)


class PrintedProduct(NamedProduct, InUse, Protocol):
    """A product: what it is called, and how long it keeps once opened."""


class Names(Protocol):
    """The catalogues, as far as names go."""

    @property
    def products(self) -> Mapping[str, PrintedProduct]:
        """Products by code."""
        ...

    @property
    def conditions(self) -> Mapping[str, Condition]:
        """Conditions by code."""
        ...


@dataclass(frozen=True, slots=True)
class Imprint:
    """What stands on every paper: the clinic, who printed it, when, on what, and the names of the catalogues."""

    clinic: str
    user: str
    now: datetime
    size: PaperSize
    names: Names
    phone: str = ""

    @property
    def today(self) -> date:
        """The day it is printed on."""
        return self.now.date()


@dataclass(frozen=True, slots=True)
class PaperSpeech:
    """The language a slip or a letter to one patient is written in: its texts, its code, which texts, whose values."""

    texts: PatientTexts
    code: str
    kind: TextKind
    values: Mapping[str, str]

    def say(self, sentence: str, /, **values: object) -> str:
        """A sentence with its blanks filled in. Raises ``KeyError``."""
        known = {**self.values, **{blank: str(value) for blank, value in values.items()}}
        return self.texts.text(self.code, self.kind, sentence, known)

    def weekday(self, day: date) -> str:
        """The name of a day's weekday."""
        return self.texts.weekday(self.code, day)

    def month(self, day: date) -> str:
        """Month and year of a day."""
        return self.texts.month(self.code, day)

    def day(self, day: date) -> str:
        """The whole day: ``20 March 2026``."""
        return self.texts.whole_day(self.code, day)


def paper_name(kind: PaperKind) -> str:
    """What a paper is called: ``Call list``."""
    return translate(KINDS[kind])


def missing_letters_words(letters: str) -> str:
    """That letters of a paper would be boxes; blank where there are none."""
    if not letters:
        return ""
    words = translate("This computer has no font with {letters}: they are printed as boxes. Install a font for them.")
    return words.format(letters=" ".join(letters[:8]))


def back_key_words(key: BackKey) -> str:
    """What a key of the paper lists says: ``no answer``."""
    return translate(BACK_KEYS[key])


def back_keys_line(keys: Sequence[BackKey]) -> str:
    """``1 no answer · 2 told family``: the legend of the boxes."""
    return " · ".join(f"{key.value.upper()} {back_key_words(key)}" for key in keys)


def call_list_paper(
    imprint: Imprint, rows: Sequence[CallRow], filters: Sequence[str], *, private: bool = False
) -> PrintedPaper:
    """The call list, 25 a page. ``private``: initials and clinic number, without diagnosis and dose."""
    part = _call_part(imprint, rows, filters, private=private)
    return _paper(imprint, PaperKind.CALL_LIST, (part,), [row.entry.patient_id for row in rows])


def day_list_paper(imprint: Imprint, day: BotoxDay, visits: Sequence[DayVisit]) -> PrintedPaper:
    """Who comes on a day, each with the last dose, the drug, and every warning."""
    part = _day_part(imprint, day, visits)
    ids = [visit.patient.id for visit in visits]
    return _paper(imprint, PaperKind.DAY_LIST, (part,), ids, day.day)


def day_plan_paper(imprint: Imprint, plan: DayPlan) -> PrintedPaper:
    """What a clinic day needs: units and vials by product, who draws from which in which order, who has no drug."""
    names = imprint.names
    needs = [
        product_sentence(one, names, names.products.get(one.product or ""), shared=plan.shared) for one in plan.products
    ]
    said = [no_drug_words(plan), sharing_words() if plan.shared else ""]
    columns = (
        *((Column(translate("Order"), 14),) if plan.shared else ()),
        Column(translate("Place"), 18, CellStyle.LARGE),
        Column(translate("Patient"), 58, CellStyle.NAME),
        Column(translate("As last time"), 44),
        Column(translate("Vials to open"), 56),
        Column(translate("Drug"), 44),
        Column(translate("U discarded"), 20),
        Column(translate("Opened at, batch"), 44, CellStyle.ROOM),
    )
    part = ListPart(
        f"{paper_name(PaperKind.DAY_PLAN)}: {weekday_day(plan.day.day)}",
        (_taken_words(imprint, plan.day, len(plan.visits)), *needs, *(one for one in said if one)),
        columns,
        tuple(_plan_line(imprint, plan, place, number) for number, place in enumerate(plan.order, 1)),
        plan_rules(shared=plan.shared),
        translate("Nobody is booked on this day."),
        wide=True,
    )
    ids = [plan.visits[place].entry.appointment.patient_id for place in plan.order]
    return _paper(imprint, PaperKind.DAY_PLAN, (part,), ids, plan.day.day)


def _plan_line(imprint: Imprint, plan: DayPlan, place: int, number: int) -> Line:
    visit = plan.visits[place]
    return Line(
        (
            *(((str(number),),) if plan.shared else ()),
            (place_words(visit.entry.appointment),),
            (visit.entry.name, visit.entry.mrn),
            (planned_dose_words(visit, imprint.names),),
            (vials_words(plan, place, imprint.names),),
            (supply_words(visit, imprint.names),),
            (discarded_words(plan, place),),
            (),
        ),
        spoken=f"! {flag_words(Flag.DRUG_MISSING)}." if visit.without_drug else "",
    )


def power_cut_paper(
    imprint: Imprint, rows: Sequence[CallRow], days: Sequence[tuple[BotoxDay, Sequence[DayVisit]]]
) -> PrintedPaper:
    """Everything to go on by pen while there is no power: calls, the next Botox days, and injections to write down."""
    left = -len(rows) % CALLS_A_PAGE
    blank = left if left >= BLANK_CALLS else left + CALLS_A_PAGE
    parts: list[Part] = [_call_part(imprint, rows, (), blank=blank)]
    parts += [_day_part(imprint, day, visits, blank=BLANK_BOOKINGS) for day, visits in days]
    parts.append(_injection_part(imprint))
    ids = [row.entry.patient_id for row in rows]
    ids += [visit.patient.id for _, visits in days for visit in visits]
    return _paper(imprint, PaperKind.POWER_CUT, parts, ids)


def handover_paper(imprint: Imprint, facts: HandedOver) -> PrintedPaper:
    """Who was called on a day, with what; and what is open."""
    lines: list[Line] = [Line(heading=_counted(translate("Called on {day}"), facts.day, len(facts.called)))]
    for entry, call in facts.called:
        again = entry.answer.call_again_on
        then = translate("call again {day}").format(day=short_day(again, facts.day)) if again else ""
        said = (attempt_words(call.outcome), *([call.note] if call.note else []))
        lines.append(_handover_line(imprint, entry, (f"{call.at:%H:%M} · {call.by}",), said, (then,)))
    groups = (
        (translate("To call again by {day}"), facts.call_again),
        (translate("The doctor has to decide"), facts.ask_doctor),
        (translate("Missed a booking"), facts.missed),
        (translate("Booked, no drug in sight"), facts.without_drug),
    )
    ids = [entry.patient_id for entry, _ in facts.called]
    for heading, entries in groups:
        lines.append(Line(heading=_counted(heading, facts.day, len(entries))))
        lines += [_open_line(imprint, entry) for entry in entries]
        ids += [entry.patient_id for entry in entries]
    columns = (
        Column(translate("Patient"), 46, CellStyle.NAME),
        Column(translate("Phone"), 34),
        Column(translate("When, who"), 30),
        Column(translate("What"), 44),
        Column(translate("Next"), 36),
    )
    left = translate_many(
        "{count} overdue or due diagnosis was not called on this day.",
        "{count} overdue or due diagnoses were not called on this day.",
        facts.not_called,
    )
    part = ListPart(
        f"{paper_name(PaperKind.HANDOVER)}: {weekday_day(facts.day)}", (imprint.clinic, left), columns, tuple(lines)
    )
    return _paper(imprint, PaperKind.HANDOVER, (part,), ids, facts.day)


def slips_paper(
    imprint: Imprint, slips: Sequence[tuple[SlipFacts, PaperSpeech, QrMatrix]], *, cut: bool = False
) -> PrintedPaper:
    """Appointment slips, each in its patient's language; ``cut``: four on one sheet."""
    made = tuple(_slip(imprint, facts, texts, code) for facts, texts, code in slips)
    ids = [facts.patient.id for facts, _, _ in slips]
    return _paper(imprint, PaperKind.SLIP, (SlipPart(made, cut),), ids)


def next_visit_paper(imprint: Imprint, visits: Sequence[tuple[NextVisit, PaperSpeech]]) -> PrintedPaper:
    """What a patient takes along after an injection: when the next one is due."""
    made = tuple(_next_slip(imprint, visit, texts) for visit, texts in visits)
    return _paper(imprint, PaperKind.NEXT_VISIT, (SlipPart(made),), [visit.patient.id for visit, _ in visits])


def letters_paper(imprint: Imprint, letters: Sequence[tuple[Addressed, PaperSpeech]]) -> PrintedPaper:
    """A letter to each patient, in their language; it names no diagnosis."""
    made = tuple(_letter(imprint, to, texts) for to, texts in letters)
    return _paper(imprint, PaperKind.LETTER, (LetterPart(made),), [to.patient.id for to, _ in letters])


def labels_paper(imprint: Imprint, patients: Sequence[Addressed], sheet: LabelSheet, used: int = 0) -> PrintedPaper:
    """A label for each patient."""
    made = tuple(_label(imprint, to) for to in patients)
    return _paper(imprint, PaperKind.LABELS, (LabelPart(made, sheet, used),), [to.patient.id for to in patients])


def _paper(
    imprint: Imprint, kind: PaperKind, parts: Sequence[Part], ids: Sequence[int], day: date | None = None
) -> PrintedPaper:
    foot = translate("{clinic} · printed by {user}, {moment} · names of patients: keep it safe, shred it after use")
    return PrintedPaper(
        kind,
        paper_name(kind),
        imprint.size,
        tuple(parts),
        foot.format(clinic=imprint.clinic, user=imprint.user, moment=moment_words(imprint.now)),
        tuple(dict.fromkeys(ids)),
        stem_of(kind, day or imprint.today),
    )


def _counted(words: str, day: date, count: int) -> str:
    return f"{words.format(day=short_day(day, day))}: {count}"


def _call_part(
    imprint: Imprint, rows: Sequence[CallRow], filters: Sequence[str], *, private: bool = False, blank: int = 0
) -> ListPart:
    columns = (
        Column(translate("No."), 12),
        Column(translate("Patient"), 44, CellStyle.NAME),
        Column(translate("Phone"), 41, CellStyle.LARGE),
        Column(translate("Due"), 40),
        Column(translate("Outcome"), 41, CellStyle.BOXES, tuple(key.value.upper() for key in BOXES)),
        Column(translate("Booked on, notes"), 30, CellStyle.ROOM),
    )
    line = _private_line if private else _call_line
    lines = [line(imprint, row) for row in rows]
    lines += [Line(cells=((),) * len(columns))] * blank
    count = translate_many("{count} diagnosis", "{count} diagnoses", len(rows))
    about = " · ".join((imprint.clinic, weekday_day(imprint.today), count, *filters))
    return ListPart(
        paper_name(PaperKind.CALL_LIST),
        (about,),
        columns,
        tuple(lines),
        back_keys_line(BOXES),
        translate("Nobody is on this list."),
        CALLS_A_PAGE,
    )


def _due_words(imprint: Imprint, entry: DueEntry) -> tuple[str, ...]:
    answer = entry.answer
    words = status_words(answer, imprint.today)
    name = status_name(answer.status)
    until = answer.window.closes if answer.status is FollowUpStatus.OVERDUE else None
    second = [translate("until {day}").format(day=short_day(until, imprint.today))] if until is not None else []
    return (words if name in words else f"{name}: {words}", *second)


def _call_line(imprint: Imprint, row: CallRow) -> Line:
    entry = row.entry
    last = entry.answer.window.last
    given = ""
    if last is not None:
        product = product_words(last.product, imprint.names) if last.product else ""
        given = f"{dose_words(Units(last.product, entry.last_units), product)}, {short_day(last.day, imprint.today)}"
    person = " · ".join(
        part for part in (person_line(entry.mrn, entry.birth, entry.sex, imprint.today), row.village) if part
    )
    return Line(
        (
            (row.number,),
            (entry.name, person, _diagnosis(imprint, entry)),
            _phone(entry),
            (*_due_words(imprint, entry), *([given] if given else [])),
            (),
            (),
        )
    )


def _private_line(imprint: Imprint, row: CallRow) -> Line:
    entry = row.entry
    return Line(((row.number,), (initials(entry.name),), _phone(entry), _due_words(imprint, entry), (), ()))


def _phone(entry: DueEntry) -> tuple[str, ...]:
    if not entry.may_be_called:
        return (do_not_call_words(),)
    if entry.phone is None:
        return (translate("No phone"),)
    whose = ", ".join(part for part in (entry.phone.owner, entry.phone.language) if part)
    number = phone_number(entry.phone.number)
    return (number, whose) if whose else (number,)


def _diagnosis(imprint: Imprint, entry: DueEntry) -> str:
    known = imprint.names.conditions.get(entry.condition)
    if known is None:
        return entry.condition
    return ", ".join(part for part in condition_lines(known, entry.side, entry.pattern) if part)


def _day_part(imprint: Imprint, day: BotoxDay, visits: Sequence[DayVisit], *, blank: int = 0) -> ListPart:
    columns = (
        Column(translate("Place"), 16, CellStyle.LARGE),
        Column(translate("Patient"), 58, CellStyle.NAME),
        Column(translate("Diagnosis and last dose"), 76),
        Column(translate("Drug"), 38),
        Column(translate("Planned"), 34),
        Column(translate("Given, batch"), 48, CellStyle.ROOM),
    )
    lines = [_visit_line(imprint, visit) for visit in visits]
    lines += [Line(cells=(("",), (" ", " "), (), (), (), ()))] * blank
    return ListPart(
        f"{paper_name(PaperKind.DAY_LIST)}: {weekday_day(day.day)}",
        (_taken_words(imprint, day, len(visits)),),
        columns,
        tuple(lines),
        "",
        translate("Nobody is booked on this day."),
        wide=True,
    )


def _taken_words(imprint: Imprint, day: BotoxDay, taken: int) -> str:
    booked = translate("{taken} of {places} places").format(taken=taken, places=day.capacity)
    return f"{imprint.clinic} · {booked}" if day.capacity else imprint.clinic


def _number(patient: Patient) -> str:
    return phone_line(patient.phone, may_be_called=patient.may_be_called)


def _visit_line(imprint: Imprint, visit: DayVisit) -> Line:
    booking, patient = visit.appointment, visit.patient
    place = [place_words(booking)]
    place += [translate("place {token}").format(token=booking.token)] if booking.at is not None else []
    who = [patient.name, person_line(patient.mrn, patient.details.birth, patient.details.sex, imprint.today)]
    who.append(" · ".join(part for part in (visit.number and f"№ {visit.number}", _number(patient)) if part))
    doses: list[str] = []
    for case in visit.cases:
        last = translate("no injection yet")
        if case.last is not None:
            product = product_words(case.last.units.product, imprint.names) if case.last.units.product else ""
            place_of = translate("{dose}, {day}, elsewhere") if case.last.elsewhere else translate("{dose}, {day}")
            last = place_of.format(dose=dose_words(case.last.units, product), day=_unbroken(day_words(case.last.day)))
        doses.append(f"{_diagnosis(imprint, case.entry)}: {last}")
    brought = product_words(booking.drug_product, imprint.names) if booking.drug_product else ""
    batch = translate("batch {batch}").format(batch=booking.drug_batch) if booking.drug_batch else ""
    drug = [drug_words(booking.drug), *(part for part in (brought, batch) if part)]
    planned = [booking_words(booking.status)] if booking.status is not AppointmentStatus.BOOKED else []
    planned += [part for part in (booking.injector, booking.note) if part]
    warnings = visit_warnings(visit)
    return Line(
        (
            tuple(place),
            tuple(who),
            tuple(doses),
            tuple(drug),
            tuple(planned),
            (),
        ),
        spoken="  ".join(f"! {words}." for words in warnings),
    )


def _unbroken(words: str) -> str:
    """Words that stay on one line."""
    return words.replace(" ", "\N{NO-BREAK SPACE}")


def visit_warnings(visit: DayVisit) -> list[str]:
    """Alerts of the patient first, then what the rules say of this booking."""
    booking = visit.appointment
    found = list(visit.patient.details.alerts)
    early = [case.earliest for case in visit.cases if case.earliest is not None and booking.day < case.earliest]
    if early:
        words = translate("Booked before {day}, the earliest day")
        found.append(words.format(day=day_words(max(early))))
    if booking.reason or booking.decided_by:
        said = booking.reason or translate("no reason was given")
        by = translate("{reason} (decided by {doctor})").format(reason=said, doctor=booking.decided_by)
        found.append(translate("Reason: {reason}").format(reason=by if booking.decided_by else said))
    flags = {flag for case in visit.cases for flag in case.entry.answer.flags}
    if booking.drug.missing:
        found.append(flag_words(Flag.DRUG_MISSING))
    found += [flag_words(flag) for flag in _WARNED if flag in flags]
    return found


def _injection_part(imprint: Imprint) -> ListPart:
    columns = (
        Column(translate("No."), 18),
        Column(translate("Patient"), 52, CellStyle.NAME),
        Column(translate("Diagnosis"), 44, CellStyle.ROOM),
        Column(translate("Product, batch"), 44, CellStyle.ROOM),
        Column(translate("Muscles, sides, units"), 80, CellStyle.ROOM),
        Column(translate("Injected by"), 32, CellStyle.ROOM),
    )
    return ListPart(
        translate("Injections given without power"),
        (imprint.clinic,),
        columns,
        (Line(cells=((),) * len(columns)),) * BLANK_INJECTIONS,
        translate("Write the product with its units. Type it in later with “Record injection…”, not as a quick line."),
        a_page=BLANK_INJECTIONS,
        wide=True,
    )


def _handover_line(
    imprint: Imprint, entry: DueEntry, when: Sequence[str], what: Sequence[str], then: Sequence[str]
) -> Line:
    person = person_line(entry.mrn, entry.birth, entry.sex, imprint.today)
    return Line(
        (
            (entry.name, person),
            (phone_line(entry.phone, may_be_called=entry.may_be_called),),
            tuple(when),
            tuple(what),
            tuple(one for one in then if one),
        )
    )


def _open_line(imprint: Imprint, entry: DueEntry) -> Line:
    call, answer = entry.last_call, entry.answer
    when = (short_day(call.at.date(), imprint.today),) if call is not None else ()
    said = attempt_words(call.outcome) if call is not None else translate("not called yet")
    then: list[str] = []
    if answer.call_again_on is not None:
        late = (imprint.today - answer.call_again_on).days
        then.append(translate("call again {day}").format(day=short_day(answer.call_again_on, imprint.today)))
        if late > 0:
            then.append(translate("{days} late").format(days=days_words(late)))
    then.append(_due_words(imprint, entry)[0])
    if answer.appointment is not None and answer.appointment.drug.missing:
        then.append(drug_words(answer.appointment.drug))
    return _handover_line(imprint, entry, when, (said,), then)


def _slip(imprint: Imprint, facts: SlipFacts, texts: PaperSpeech, code: QrMatrix) -> Slip:
    under = [texts.say("time", time=f"{facts.at:%H:%M}")] if facts.at is not None else []
    under.append(texts.say("place", place=facts.token))
    return Slip(
        imprint.clinic,
        texts.say("heading"),
        facts.patient.name,
        texts.weekday(facts.day),
        str(facts.day.day),
        texts.month(facts.day),
        tuple(under),
        (texts.say("bring"), texts.say("cannot_come")),
        texts.say("number", number=facts.patient.number),
        code,
    )


def _next_slip(imprint: Imprint, visit: NextVisit, texts: PaperSpeech) -> Slip:
    number = texts.say("number", number=visit.patient.number)
    early = visit.earliest is not None and visit.earliest > imprint.today
    lines = [texts.say("not_before", day=texts.day(visit.earliest))] if early and visit.earliest is not None else []
    lines += [texts.say("call_for_date"), texts.say("bring")]
    over, day, month = texts.say("between"), texts.day(visit.opens), texts.say("until", day=texts.day(visit.closes))
    if visit.come_on is not None:
        over = f"{texts.say('come_on')}, {texts.weekday(visit.come_on)}"
        day, month = str(visit.come_on.day), texts.month(visit.come_on)
    return Slip(imprint.clinic, texts.say("heading"), visit.patient.name, over, day, month, (), tuple(lines), number)


def _letter(imprint: Imprint, to: Addressed, texts: PaperSpeech) -> Letter:
    details = to.patient.details
    window = to.window.window if to.window is not None else None
    due = texts.say("no_window")
    if window is not None and window.opens is not None and window.closes is not None:
        name = "overdue" if window.closes < imprint.today else "due"
        due = texts.say(name, **{"from": texts.day(window.opens), "until": texts.day(window.closes)})
    return Letter(
        tuple(part for part in (imprint.clinic, imprint.phone) if part),
        tuple(part for part in (to.patient.name, details.guardian, details.village) if part),
        texts.day(imprint.today),
        texts.say("subject"),
        (
            texts.say("greeting"),
            due,
            texts.say("call"),
            texts.say("phone_changed"),
        ),
        (texts.say("closing"), imprint.clinic, texts.say("number", number=to.patient.number)),
    )


def _label(imprint: Imprint, to: Addressed) -> tuple[str, ...]:
    details = to.patient.details
    person = person_line(to.patient.mrn, details.birth, details.sex, imprint.today)
    return tuple(part for part in (to.patient.name, person, details.guardian, details.village) if part)
