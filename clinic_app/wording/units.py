"""Words for doses: the product's name always stands beside its units."""

from __future__ import annotations

from clinic_app.domain.units import Units, plain
from clinic_app.wording.language import translate

MESSAGES: dict[str, str] = {
    "bad_units": (
        "“{text}” in “{field}” is no dose. Write the units as a number above 0 with at most two decimals, "
        "for example 50 or 37.5."
    ),
    "units_too_large": (
        "“{text}” in “{field}” is too large: no dose has more than {most} units. Look for a slip of the finger."
    ),
}


def dose_words(units: Units, product_name: str) -> str:
    """``Botox 37.5 U``; ``Botox, units unknown``. A blank ``product_name`` is said to be an unknown product."""
    name = product_name or translate("Unknown product")
    if units.amount is None:
        return translate("{product}, units unknown").format(product=name)
    if not product_name:
        return translate("{product}, {amount} U").format(product=name, amount=plain(units.amount))
    return translate("{product} {amount} U").format(product=name, amount=plain(units.amount))
