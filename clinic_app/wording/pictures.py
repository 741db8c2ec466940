"""Words under photographs: where they stand between the injections, and why two were put side by side."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from clinic_app.domain.case_page import PictureImport
from clinic_app.domain.photo_protocol import CycleSide, CycleViews
from clinic_app.domain.pictures import (
    PAIR_FIRST,
    PAIR_LAST,
    Certainty,
    Injected,
    LabelUnit,
    PairReason,
    Phase,
    PhaseKind,
    PicturePair,
)
from clinic_app.wording.calendar import days_words, weeks_words
from clinic_app.wording.dates import day
from clinic_app.wording.language import translate, translate_many

_CERTAINTIES = {
    Certainty.CAMERA: "Date from the camera",
    Certainty.RECEIVED: "Date from the file name",
    Certainty.TYPED: "Date typed in",
    Certainty.UNSURE: "Date unsure",
}

MESSAGES: dict[str, str] = {
    "folder_not_readable": "The folder “{path}” could not be opened: {reason}. Ask for the right to read it.",
    "no_pictures_among_files": (
        "There is no photo in “{path}”, only other files: {kinds}. JPEG, PNG, WebP and HEIC files are taken."
    ),
    "picture_kept_elsewhere": "This photograph is already kept for patient {mrn}: check that it belongs here.",
    "no_pictures_here": "There is no photo in “{path}”. JPEG, PNG, WebP and HEIC files are taken.",
    "picture_already_there": "This patient has the same photograph already.",
    "picture_before_birth": "{day} lies before the birth of the patient ({born}).",
    "picture_in_future": "{day} has not come yet; today is {today}.",
    "picture_moved_since": (
        "A photograph of this import was given to patient {mrn} since. Move it back first, then take the import back."
    ),
    "pictures_measured_since": (
        "Something was measured in these photographs or drawn on them since, and would be lost. Delete the photographs "
        "instead: the bin keeps them with all of it."
    ),
    "picture_not_found": "This photograph is not there any more.",
    "picture_of_another_patient": "This photograph belongs to another patient.",
    "picture_of_another_view": "This photograph shows another view: only photographs of one view lie over each other.",
    "peak_day_impossible": "The day of the strongest effect lies {least} to {most} days after the injection.",
    "source_not_deleted": "“{path}” could not be deleted: {reason}. The copy here is whole.",
    "sources_deleted": (
        "The source files of these photographs were deleted: what is kept here is all there is, so the import cannot be "
        "taken back. Move a photograph that belongs to somebody else."
    ),
    "too_many_files": "“{path}” holds {count} pictures; at most {most} are taken at a time. Choose a smaller folder.",
    "unknown_view": "“{view}” is no view of the catalogue.",
}


def dose_words(units_text: str, sites: int) -> str:
    """``35 U, 6 sites``, as far as it was entered."""
    places = translate_many("{count} site", "{count} sites", sites) if sites else ""
    return ", ".join(part for part in (units_text, places) if part)


def kinds_words(others: Sequence[tuple[str, int]]) -> str:
    """How many files of which ending: ``3 .tif, 1 .gif, 2 without an ending``."""
    return ", ".join(
        f"{count} {ending}" if ending else translate("{count} without an ending").format(count=count)
        for ending, count in others
    )


def others_words(others: Sequence[tuple[str, int]]) -> str:
    """Which files of a folder were not looked at; blank where there are none.

    ``4 files are not photographs this program reads: 3 .tif, 1 .gif.``
    """
    if not others:
        return ""
    words = translate_many(
        "{count} file is not a photograph this program reads",
        "{count} files are not photographs this program reads",
        sum(count for _, count in others),
    )
    return translate("{words}: {kinds}.").format(words=words, kinds=kinds_words(others))


def kept_elsewhere_words(files: Sequence[PictureImport]) -> str:
    """What to look at where photographs that were taken are another patient's already; blank where none is.

    ``2 of these photographs are already kept for patient 1024: check that they belong here.``
    """
    numbers = [item.kept_for for item in files if item.kept_for]
    if not numbers:
        return ""
    return translate_many(
        "{count} of these photographs is already kept for patient {mrn}: check that it belongs here.",
        "{count} of these photographs are already kept for patient {mrn}: check that they belong here.",
        len(numbers),
        mrn=", ".join(dict.fromkeys(numbers)),
    )


def certainty_words(certainty: Certainty) -> str:
    """Where the date of a photograph comes from: ``Date from the camera``."""
    return translate(_CERTAINTIES[certainty])


def phase_label(phase: Phase, product_name: str) -> tuple[str, str]:
    """Both lines of a photograph's label: the words, then the exact days.

    ``("6 weeks after Botox", "45 days after injection 4 (11 Nov 2025)")``,
    ``("Before injection 5 · 12 weeks after 4", "86 days after injection 4 (11 Nov 2025)")``,
    ``("Before any toxin", "12 days before injection 1 (5 Jan 2026)")``. ``product_name`` is that of
    ``phase.injection``, blank where nobody knows it.
    """
    exact = exact_words(phase)
    return _title(phase, product_name), " · ".join((*exact[:1], *told_words(phase)))


def told_words(phase: Phase) -> tuple[str, ...]:
    """What was injected meanwhile that the days do not count from."""
    told = []
    if phase.toxin_elsewhere:
        told.append("toxin given elsewhere before" if phase.previous is None else "toxin given elsewhere since")
    if phase.other_diagnosis:
        told.append(
            "injected for another diagnosis before"
            if phase.previous is None
            else "injected for another diagnosis since"
        )
    return tuple(map(translate, told))


def exact_words(phase: Phase) -> tuple[str, ...]:
    """The exact days of a label, whole and then ever shorter: without the dose, without the day of the injection.

    Empty where nothing is known to count from.
    """
    if phase.kind is PhaseKind.UNSURE:
        return (translate("Type the date to place it between the injections"),)
    after = phase.kind is PhaseKind.AFTER or (
        phase.kind is PhaseKind.BEFORE and phase.previous is not None and phase.injection is not None
    )
    injection, exact = (phase.previous, _exact_after) if after else (phase.injection, _exact_before)
    if injection is None:
        return ()
    shown = (day(injection.day), injection.units_text)
    said = [exact(phase, _injection_words(injection, shown[:count])) for count in (2, 1, 0)]
    return tuple(dict.fromkeys(words for words in said if words))


def phase_spelled(phase: Phase) -> str:
    """The first line of a label in full, *Before injection 5 · 12 weeks after injection 4*; blank where it is full."""
    if phase.kind is not PhaseKind.BEFORE or phase.previous is None or phase.injection is None:
        return ""
    if not phase.previous.starts_cycle:
        return ""
    return translate("Before injection {number} · {time} after injection {previous}").format(
        number=phase.injection.number, time=_amount_words(phase), previous=phase.previous.number
    )


def _title(phase: Phase, product_name: str) -> str:
    match phase.kind:
        case PhaseKind.UNSURE:
            return translate("Date unsure")
        case PhaseKind.AFTER:
            return translate("{time} after {product}").format(
                time=_amount_words(phase), product=product_name or translate("injection")
            )
        case PhaseKind.BEFORE if phase.previous is not None and phase.injection is not None:
            return translate("Before injection {number} · {time} after {previous}").format(
                number=phase.injection.number,
                time=_amount_words(phase),
                previous=phase.previous.number if phase.previous.starts_cycle else translate("touch-up"),
            )
        case PhaseKind.BEFORE | PhaseKind.BEFORE_ANY:
            if phase.toxin_elsewhere:
                return translate("Before the first injection here")
            if phase.other_diagnosis:
                return translate("Before the first injection of this diagnosis")
            return translate("Before any toxin")


def _amount_words(phase: Phase) -> str:
    match phase.unit:
        case LabelUnit.DAYS:
            return days_words(phase.amount)
        case LabelUnit.WEEKS:
            return weeks_words(phase.amount)
        case LabelUnit.MONTHS:
            return translate_many("{count} month", "{count} months", phase.amount)


def _injection_words(injection: Injected, shown: Sequence[str]) -> str:
    """An injection, with what is shown of it in brackets."""
    if injection.starts_cycle:
        words = translate("injection {number} ({shown})") if any(shown) else translate("injection {number}")
    else:
        words = translate("touch-up ({shown})") if any(shown) else translate("touch-up")
    return words.format(number=injection.number, shown=", ".join(filter(None, shown)))


def _exact_after(phase: Phase, injection: str) -> str:
    if phase.days is None:
        return ""
    return translate("{days} after {injection}").format(days=days_words(phase.days), injection=injection)


def _exact_before(phase: Phase, injection: str) -> str:
    if phase.days_before is None:
        return ""
    if phase.days_before == 0:
        return translate("on the day of {injection}").format(injection=injection)
    return translate("{days} before {injection}").format(days=days_words(phase.days_before), injection=injection)


def missing_words(side: CycleSide, view: str = "", *, any_view: bool = False) -> str:
    """What is missing on a side of an injection: ``No after-photo``, ``No after-photo of “Eyes closed gently”``."""
    before = side is CycleSide.BEFORE
    if any_view:
        return translate("No before-photo of any view" if before else "No after-photo of any view")
    if not view:
        return translate("No before-photo" if before else "No after-photo")
    words = "No before-photo of “{view}”" if before else "No after-photo of “{view}”"
    return translate(words).format(view=view)


def wanted_from_words(first: date) -> str:
    """When after-photos are first wanted: ``After-photos are wanted from 18 Nov 2025``."""
    return translate("After-photos are wanted from {day}").format(day=day(first))


def side_words(side: CycleSide, injection: Injected) -> str:
    """A side of an injection: ``After injection 5``."""
    words = "Before injection {number}" if side is CycleSide.BEFORE else "After injection {number}"
    return translate(words).format(number=injection.number)


def protocol_words(cycle: CycleViews, wanted: Collection[str]) -> str:
    """How far the views a condition wants are there around its last injection.

    ``Injection 5, 11 Nov 2025 · before: 6 of 9 views · after: 2 of 9 views``.
    """
    before = translate("before: {there} of {wanted} views")
    after = translate("after: {there} of {wanted} views")
    counts = [
        words.format(there=sum(1 for view in wanted if view in cycle.of(side)), wanted=len(wanted))
        for side, words in ((CycleSide.BEFORE, before), (CycleSide.AFTER, after))
    ]
    if cycle.injection is None:
        return " · ".join((translate("No injection yet"), counts[0]))
    words = translate("Injection {number}, {day}")
    return " · ".join((words.format(number=cycle.injection.number, day=day(cycle.injection.day)), *counts))


def pair_reason_words(pair: PicturePair) -> str:
    """Why these two photographs stand side by side: ``B nearest to day 14 · same view``."""
    match pair.reason:
        case PairReason.PINNED:
            return translate("Pair chosen by hand")
        case PairReason.NEAREST_PEAK:
            words = translate("B nearest to day {peak_day} · same view").format(peak_day=pair.peak_day)
        case PairReason.NEWEST_AFTER:
            words = translate("No photo {first} to {last} days after; B is the newest after").format(
                first=PAIR_FIRST, last=PAIR_LAST
            )
        case PairReason.NO_AFTER:
            words = translate("No photo of this view after the injection yet")
        case PairReason.NO_SESSION:
            if pair.a is None:
                return translate("No photo of this view with a sure date yet")
            if pair.b is None:
                return translate("No injection yet: the only photo of this view")
            return translate("No injection yet: the first and the newest photo")
    if pair.a is None:
        return translate("{reason} · no photo before").format(reason=words)
    if pair.a_is_first_ever:
        return translate("{reason} · A is the first photo ever").format(reason=words)
    return words
