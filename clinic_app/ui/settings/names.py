"""What products and diagnoses are called in settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from clinic_app.wording.language import translate

if TYPE_CHECKING:
    from clinic_app.domain.catalogues import Catalogues


def names_of(catalogues: Catalogues) -> Mapping[str, str]:
    """Products by their brand and diagnoses by their name, by code."""
    found = {code: product.brand or product.generic for code, product in catalogues.products.items()}
    for code, condition in catalogues.conditions.items():
        found[code] = f"{condition.name}, {condition.detail}" if condition.detail else condition.name
    return found


def products_of(catalogues: Catalogues) -> list[tuple[str, str]]:
    """(code, brand) of every product."""
    return [(code, product.brand or product.generic) for code, product in catalogues.products.items()]


def conditions_of(catalogues: Catalogues, *, or_any: bool = False) -> list[tuple[str, str]]:
    """(code, name) of every diagnosis; ``or_any``: with *any diagnosis* (code blank) before them."""
    names = names_of(catalogues)
    found = sorted(((code, names[code]) for code in catalogues.conditions), key=lambda one: one[1].casefold())
    return [("", translate("any diagnosis")), *found] if or_any else found
