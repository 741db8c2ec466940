"""Units of botulinum toxin: a number that never leaves its product.

Units of different products are not interchangeable (clinical.md rule 2.0; every label read says so), so adding
or comparing across products is a ``TypeError``, and there is no conversion anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from clinic_app.domain.errors import RuleBroken

UNIT_STEP = Decimal("0.01")
UNITS_MAX = Decimal(25000)
"""Upper bound of anything called a dose here: above every vial and cap of the catalogue, so a typing slip."""


@dataclass(frozen=True, slots=True)
class Units:
    """A dose in units of one product; ``amount`` is None where an old record does not say.

    ``product`` is None where nobody knows which it was: two such doses may be of two products, so they are never
    added or compared either.
    """

    product: str | None
    amount: Decimal | None

    @property
    def known(self) -> bool:
        """Whether the amount is known."""
        return self.amount is not None

    def _same_product(self, other: Units) -> None:
        if self.product is None or self.product != other.product:
            raise TypeError(f"units of {self.product} and of {other.product} cannot be combined")

    def __add__(self, other: Units) -> Units:
        if not isinstance(other, Units):
            return NotImplemented
        self._same_product(other)
        if self.amount is None or other.amount is None:
            return Units(self.product, None)
        return Units(self.product, self.amount + other.amount)

    def __lt__(self, other: Units) -> bool:
        if not isinstance(other, Units):
            return NotImplemented
        self._same_product(other)
        if self.amount is None or other.amount is None:
            raise TypeError("unknown units cannot be compared")
        return self.amount < other.amount


_AMOUNT = re.compile(r"\d{1,6}(?:\.\d{1,2})?")


def parse_amount(value: object, field: str = "units") -> Decimal:
    """Read an amount of units from a number or from text such as "50", "50U", "50 units", "2,5".

    Text with three digits after its point or comma is refused: "1.000" is a thousand to some and one to others.

    Raises:
        RuleBroken: ``bad_units`` when it is no positive number, or finer than 0.01 U; ``units_too_large`` when it is
            above any dose there is.
    """
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return _checked_amount(Decimal(value), value, field)
    if isinstance(value, float):
        return _checked_amount(Decimal(repr(round(value, 6))), value, field)
    text = str(value).strip().lower()
    for ending in ("units", "unit", "iu", "u"):
        if text.endswith(ending):
            text = text[: -len(ending)].rstrip()
            break
    if "," in text and "." not in text and len(text.rpartition(",")[2]) in (1, 2):
        text = text.replace(",", ".")
    if _AMOUNT.fullmatch(text) is None:
        raise RuleBroken(field, "bad_units", text=str(value))
    return _checked_amount(Decimal(text), value, field)


def _checked_amount(amount: Decimal, value: object, field: str) -> Decimal:
    if not amount.is_finite() or amount <= 0:
        raise RuleBroken(field, "bad_units", text=str(value))
    if amount > UNITS_MAX:
        raise RuleBroken(field, "units_too_large", text=str(value), most=UNITS_MAX)
    rounded = amount.quantize(UNIT_STEP)
    if rounded != amount:
        raise RuleBroken(field, "bad_units", text=str(value))
    return rounded


def plain(amount: Decimal) -> str:
    """The amount as people write it: "50", "2.5", "0.75"."""
    return f"{amount.normalize():f}"


def total_by_product(doses: Iterable[Units]) -> dict[str | None, Units]:
    """One sum for each product; unknown amounts make the product's sum unknown, as do several unknown products."""
    sums: dict[str | None, Units] = {}
    for dose in doses:
        if dose.product not in sums:
            sums[dose.product] = dose
        elif dose.product is None:
            sums[None] = Units(None, None)
        else:
            sums[dose.product] = sums[dose.product] + dose
    return sums
