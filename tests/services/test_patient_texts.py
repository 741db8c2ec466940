"""Texts for patients: what a clinic writes itself, and in which language a paper or a call then is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clinic_app.domain.access import Action
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.papers import LetterPart, PaperKind, PaperRequest, PaperSize, PrintedPaper
from clinic_app.domain.patient_texts import TEXTS, TextKind
from clinic_app.domain.patients import Phone
from clinic_app.services import Services
from tests.builders import PASSPHRASE

WHY = "for a test"
pytestmark = pytest.mark.usefixtures("signed_again")
MARATHI = {
    "subject": "पुढील इंजेक्शन", "greeting": "{name} यांना,", "due": "इंजेक्शन {from} ते {until} दरम्यान आहे.",
    "overdue": "इंजेक्शन {until} पर्यंत होते.", "no_window": "कृपया भेटा.", "call": "{phone} वर फोन करा.",
    "phone_changed": "नवा नंबर सांगा.", "closing": "आपले", "number": "क्रमांक {number}",
}  # fmt: skip
DAYS = {
    "weekdays": ", ".join("अबकडइफग"),
    "months": ", ".join(f"महिना{number}" for number in range(1, 13)),
    "day": "{day} {month}",
}


@pytest.fixture
def signed_again(services: Services) -> None:
    services.access.confirm(PASSPHRASE, Action.MANAGE)


def letter(services: Services, patient_id: int, language: str) -> tuple[PrintedPaper, str]:
    found = services.patients.get(patient_id)
    details = replace(found.details, language=language, phones=(Phone("70000 5555", language=language),))
    services.patients.change(patient_id, details, found.version)
    paper = services.papers.make(PaperRequest(PaperKind.LETTER, PaperSize.A4, patient_ids=(patient_id,)))
    part = paper.parts[0]
    assert isinstance(part, LetterPart)
    return paper, "\n".join((*part.letters[0].sender, part.letters[0].subject, *part.letters[0].paragraphs))


def test_a_clinics_own_text_stands_in_the_place_of_the_programs_and_goes_back(
    services: Services, someone: tuple[int, int]
) -> None:
    services.settings.set("texts_letter", {"hi": {"greeting": "  प्रिय {name},\n"}}, WHY)
    assert services.settings.value("texts_letter") == {"hi": {"greeting": "प्रिय {name},"}}
    assert "प्रिय Person" in letter(services, someone[0], "Hindi")[1]
    assert "Dear Person" in letter(services, someone[0], "English")[1]
    assert services.settings.history("texts_letter")[0].reason == WHY
    services.settings.reset("texts_letter", WHY)
    assert "Person" in letter(services, someone[0], "hi")[1]
    assert "प्रिय" not in letter(services, someone[0], "hi")[1]


def test_a_language_of_the_clinics_own_is_used_whole_or_not_at_all(
    services: Services, someone: tuple[int, int]
) -> None:
    paper, said = letter(services, someone[0], "Marathi")
    assert paper.notes == ("There is no text in Marathi: English is used.",)
    assert said.isascii()
    with pytest.raises(RuleBroken) as refused:
        services.settings.set("texts_letter", {"Marathi": {**MARATHI, "closing": " "}}, WHY)
    assert (refused.value.code, refused.value.params["text"]) == ("text_not_written", "closing")
    with pytest.raises(RuleBroken, match="text_no_phone"):
        services.settings.set("texts_letter", {"Marathi": MARATHI}, WHY)
    services.settings.set("clinic_phone", "044 2345 678", WHY)
    services.settings.set("texts_letter", {"Marathi": MARATHI}, WHY)
    with pytest.raises(RuleBroken, match="clinic_phone_in_use"):
        services.settings.set("clinic_phone", "", WHY)
    paper, said = letter(services, someone[0], "Marathi")
    assert paper.notes, "its days and months are not written yet"
    assert "Dear" in said
    services.settings.set("texts_days", {"marathi": DAYS}, WHY)
    paper, said = letter(services, someone[0], " MARATHI")
    assert paper.notes == ()
    assert "044 2345 678 वर फोन करा." in said
    assert "Dear" not in said
    text = services.calls.page(someone[1]).text
    assert (text.language, text.missing) == ("en", "MARATHI"), "nothing was written to be said on the phone"


@pytest.mark.parametrize(
    ("kind", "name", "words", "code", "blank"),
    [
        (TextKind.SCRIPT, "booked", "Come on {day}.", "text_missing_blank", "place"),
        (TextKind.SCRIPT, "due", "Come on {day}, {dose}.", "text_unknown_blank", "dose"),
        (TextKind.MESSAGE, "other", "{name}, call us", "text_unknown_blank", "name"),
        (TextKind.SLIP, "heading", "Visit of {name}", "text_no_blanks", "name"),
        (TextKind.SLIP, "place", "No. {place!r}", "text_unknown_blank", "place!r"),
        (TextKind.LETTER, "greeting", "Dear {name", "text_brace", None),
        (TextKind.SLIP, "bring", "x" * 131, "text_too_long", None),
        (TextKind.DAYS, "weekdays", "Mon, Tue", "text_count", None),
    ],
)
def test_what_is_wrong_in_a_text_is_named_and_nothing_is_kept(
    services: Services, kind: TextKind, name: str, words: str, code: str, blank: str | None
) -> None:
    before = services.settings.value(kind.setting)
    right = next(one for one in TEXTS[kind] if one != name)
    texts = {right: services.settings.text_page(kind).languages[0].shipped[right] + " ", name: words}
    with pytest.raises(RuleBroken) as refused:
        services.settings.set(kind.setting, {"en": texts}, WHY)
    assert (refused.value.code, refused.value.params.get("blank")) == (code, blank)
    assert refused.value.params["text"] == name
    assert services.settings.value(kind.setting) == before


def test_texts_are_shown_with_somebody_invented_in_each_language(services: Services, someone: tuple[int, int]) -> None:
    letter(services, someone[0], "Konkani")
    page = services.settings.text_page(TextKind.SLIP)
    assert [(one.code, one.name) for one in page.languages] == [("en", "English"), ("hi", "Hindi")]
    assert "Konkani" in page.spoken
    assert page.languages[1].sample["name"] == "आशा वर्मा"
    assert {blank for fact in TEXTS[TextKind.SLIP].values() for blank in fact.blanks} <= page.languages[0].sample.keys()
