"""What is read of a case to compare its photographs, with the words for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clinic_app.domain.case_page import PairAnswer
from clinic_app.domain.lens import Extent
from clinic_app.domain.pictures import PictureEntry
from clinic_app.ui.compare.labels import Caption, caption_of
from clinic_app.wording.cases import condition_lines

if TYPE_CHECKING:
    from clinic_app.services import Services


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a case to compare its photographs, with the names of everything."""

    answer: PairAnswer
    diagnosis: str
    views: Mapping[str, str]
    products: Mapping[str, str]
    captions: Mapping[int, Caption]

    @property
    def view(self) -> str:
        """The view that is compared."""
        return self.answer.pair.view

    @property
    def automatic(self) -> tuple[int | None, int | None]:
        """The pair the rule gives, or the pinned one."""
        pair = self.answer.pair
        return (pair.a.id if pair.a else None, pair.b.id if pair.b else None)

    def entry(self, picture_id: int | None) -> PictureEntry | None:
        """A photograph with its phase."""
        return next((one for one in self.answer.pictures if one.picture.id == picture_id), None)

    def size(self, picture_id: int) -> Extent | None:
        """The size of a photograph in pixels; None where it is not there any more."""
        entry = self.entry(picture_id)
        return Extent(entry.picture.width, entry.picture.height) if entry is not None else None

    def of_view(self) -> list[int]:
        """The photographs of the view, oldest first."""
        return [one.picture.id for one in self.answer.pictures if one.picture.view == self.view]


def read_pair(services: Services, case_id: int, view: str | None) -> Reading:
    """Read the pair of a case and the words for it. Raises ``NotFound``, ``StorageUnavailable``."""
    answer = services.pictures.pair(case_id, view)
    catalogues = services.catalogues
    products = {code: product.brand or product.generic for code, product in catalogues.products.items()}
    views = {code: one.name for code, one in catalogues.views.items()}
    details = answer.case.details
    condition = catalogues.conditions.get(details.condition)
    words = (details.condition,) if condition is None else condition_lines(condition, details.side, details.pattern)
    captions = {entry.picture.id: caption_of(entry, products) for entry in answer.pictures}
    return Reading(answer, ", ".join(word for word in words if word), views, products, captions)
