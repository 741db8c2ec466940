"""Words of calling: what a code does, what was forbidden, what to try next."""

from __future__ import annotations

from clinic_app.domain.calls import Advice, CallPage, CodeKind, PatientText
from clinic_app.domain.schedule import Channel
from clinic_app.wording.language import translate, translate_many

_CODES = {
    CodeKind.CALL: "Call",
    CodeKind.TEXT: "Message",
    CodeKind.CALENDAR: "Calendar",
}


def code_words(kind: CodeKind) -> str:
    """What a code lets a phone do: ``Call``."""
    return translate(_CODES[kind])


def forbidden_words(page: CallPage) -> str:
    """How a patient may not be reached, and why no number is in sight; blank where every way is open."""
    patient, channels = page.patient, page.channels
    if patient.departed:
        return translate("{name} has died or moved away: no number is shown.").format(name=patient.name)
    if not channels:
        words = translate("{name} asked not to be called, texted or written to: no number is shown.")
    elif not channels & {Channel.CALL, Channel.TEXT}:
        words = translate("{name} asked to be reached by letter only: no number is shown.")
    elif Channel.CALL not in channels:
        words = translate("{name} asked not to be called: the number is hidden. Messages are allowed.")
    elif Channel.TEXT not in channels:
        words = translate("{name} asked for no messages: there is no code for one.")
    else:
        return "" if page.numbers else translate("No phone number is known.")
    return words.format(name=patient.name)


def missing_text_words(text: PatientText) -> str:
    """That there is no text in the patient's language; blank where there is."""
    if not text.missing:
        return ""
    return translate("There is no text in {language} yet: this one is in English.").format(language=text.missing)


def advice_words(advice: Advice, in_vain: int) -> str:
    """What may help after attempts in vain."""
    tried = translate_many("{count} attempt in vain.", "{count} attempts in vain.", in_vain)
    said = {
        Advice.OTHER_NUMBER: translate("Try another of the numbers."),
        Advice.OTHER_CONTACT: translate("Ask for another number, of a relative or a neighbour."),
        Advice.LETTER: translate("Write a letter."),
    }
    return f"{tried} {said[advice]}"
