"""The language sentences are made in: English is written in the code, others come from gettext catalogues.

The language belongs to the process, as the locale does: it is set once at the start and when the user changes it.
"""

from __future__ import annotations

import gettext
import locale
from pathlib import Path

from clinic_app.wording.numbers import number_words

DOMAIN = "clinic_app"
ENGLISH = "en"
LANGUAGE_NAMES = {"en": "English", "hi": "हिन्दी", "es": "Español", "ar": "العربية", "de": "Deutsch", "fr": "Français"}
"""Languages by their own names, so that whoever speaks one finds it."""

_language = ENGLISH
_catalogue: gettext.NullTranslations = gettext.NullTranslations()


def set_language(code: str, translations: Path | None = None) -> str:
    """Speak ``code`` (``de``, ``hi_IN``; ``system``: what the computer speaks) from now on.

    ``translations`` holds ``<code>/LC_MESSAGES/clinic_app.mo``. Answers the language really used: English where
    there is no catalogue for the one asked for, or it cannot be read.
    """
    global _language, _catalogue  # the one place that changes it
    wanted = system_language() if code == "system" else code
    try:
        found = gettext.translation(DOMAIN, str(translations) if translations else None, [wanted])
    except (OSError, UnicodeDecodeError, ValueError):
        _language, _catalogue = ENGLISH, gettext.NullTranslations()
    else:
        _language, _catalogue = wanted, found
    return _language


def available_languages(translations: Path) -> tuple[tuple[str, str], ...]:
    """(code, its own name) of every language there is: what the computer speaks, English, and the catalogues."""
    try:
        found = sorted(one.parent.parent.name for one in translations.glob(f"*/LC_MESSAGES/{DOMAIN}.mo"))
    except OSError:
        found = []
    named = tuple((code, LANGUAGE_NAMES.get(code.split("_")[0], code)) for code in found if code != ENGLISH)
    return (("system", translate("As the computer")), (ENGLISH, LANGUAGE_NAMES[ENGLISH]), *named)


def current_language() -> str:
    """The code of the language in use."""
    return _language


def system_language() -> str:
    """What the computer's settings say (``hi_IN``), or English where they say nothing."""
    name = locale.getlocale()[0]
    return name if name and name != "C" else ENGLISH


def translate(text: str) -> str:
    """``text`` in the current language, or as it stands where it has no translation."""
    return _catalogue.gettext(text) if text else ""


def translate_number(one: str, many: str, count: int) -> str:
    """The form of the sentence that the current language uses for ``count``; its blanks stay."""
    return _catalogue.ngettext(one, many, count)


def translate_many(one: str, many: str, count: int, **values: object) -> str:
    """The form of the sentence that the current language uses for ``count``; its blanks are filled in, ``count`` as people read it."""
    return _catalogue.ngettext(one, many, count).format(count=number_words(count), **values)
