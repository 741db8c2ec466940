"""Which muscles the invented doctors inject, and with how much: small round doses, below every limit of the labels.

Not a recommendation of anything: the figures are made up inside the ranges of the catalogue, for a demonstration.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from clinic_app.domain.cases import Side
from clinic_app.domain.treatment import InjectionSite, SiteSide

FULL_STRENGTH = 100
STRENGTHS = (80, 90, 100)
"""Per cent of a recipe that a session gives: lower at the beginning."""

_EYES = (
    ("oo_pretarsal_upper_med", "both", "2.5"),
    ("oo_pretarsal_upper_lat", "both", "5"),
    ("oo_pretarsal_lower_lat", "both", "5"),
    ("oo_orbital_lateral", "both", "5"),
)
_HALF_FACE = (
    ("oo_pretarsal_upper_med", "same", "2.5"),
    ("oo_pretarsal_upper_lat", "same", "2.5"),
    ("oo_pretarsal_lower_lat", "same", "2.5"),
    ("oo_orbital_lateral", "same", "5"),
    ("zygomaticus_major", "same", "2.5"),
    ("dao", "same", "2.5"),
    ("mentalis", "same", "2.5"),
)

RECIPES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "eyes": _EYES,
    "eyes_brow": (*_EYES, ("corrugator", "both", "2.5")),
    "one_eye": (
        ("oo_pretarsal_upper_med", "same", "2.5"),
        ("oo_pretarsal_upper_lat", "same", "2.5"),
        ("oo_pretarsal_lower_lat", "same", "5"),
        ("oo_orbital_lateral", "same", "5"),
    ),
    "half_face": _HALF_FACE,
    "half_face_neck": (
        *_HALF_FACE,
        ("zygomaticus_minor", "same", "1"),
        ("risorius", "same", "2"),
        ("platysma", "same", "5"),
    ),
    "both_halves": (
        ("oo_pretarsal_upper_lat", "both", "2.5"),
        ("oo_pretarsal_lower_lat", "both", "2.5"),
        ("oo_orbital_lateral", "both", "2.5"),
        ("zygomaticus_major", "both", "1"),
        ("mentalis", "both", "1.5"),
    ),
    "meige": (*_EYES, ("dao", "both", "2.5"), ("mentalis", "mid", "2"), ("submentalis", "mid", "10")),
    "turn": (
        ("splenius_capitis", "same", "50"),
        ("scm", "other", "40"),
        ("semispinalis_capitis", "same", "30"),
        ("trapezius_upper", "other", "30"),
    ),
    "tilt": (
        ("splenius_capitis", "same", "45"),
        ("scm", "same", "35"),
        ("levator_scapulae", "same", "40"),
        ("trapezius_upper", "same", "40"),
    ),
    "tilt_dysport": (
        ("splenius_capitis", "same", "150"),
        ("scm", "same", "100"),
        ("levator_scapulae", "same", "100"),
        ("trapezius_upper", "same", "150"),
    ),
    "backwards": (
        ("splenius_capitis", "both", "50"),
        ("semispinalis_capitis", "both", "35"),
        ("trapezius_upper", "both", "25"),
    ),
    "forwards": (("scm", "both", "25"), ("scalene_ant", "both", "15"), ("digastric_sub", "both", "10")),
    "tilt_back": (
        ("splenius_capitis", "same", "50"),
        ("splenius_capitis", "other", "30"),
        ("levator_scapulae", "same", "40"),
        ("semispinalis_capitis", "same", "30"),
    ),
    "tilt_back_dysport": (
        ("splenius_capitis", "same", "200"),
        ("splenius_capitis", "other", "100"),
        ("levator_scapulae", "same", "150"),
        ("semispinalis_capitis", "both", "75"),
    ),
    "neck": (("splenius_capitis", "both", "40"), ("trapezius_upper", "both", "30"), ("scm", "both", "20")),
    "shoulder": (
        ("trapezius_upper", "same", "50"),
        ("levator_scapulae", "same", "30"),
        ("rhomboids", "same", "20"),
        ("supraspinatus", "same", "20"),
    ),
    "writing": (("fcr", "same", "10"), ("fcu", "same", "10"), ("fds", "same", "15"), ("fpl", "same", "5")),
    "writing_thumb": (("fcr", "same", "10"), ("fds", "same", "15"), ("fpl", "same", "5"), ("opponens", "same", "5")),
    "playing": (
        ("fds", "same", "10"),
        ("edc", "same", "10"),
        ("lumbricals", "same", "5"),
        ("interossei", "same", "5"),
    ),
    "lips": (("orbicularis_oris", "both", "2"), ("dao", "both", "2"), ("mentalis", "mid", "2")),
    "jaw_opening": (("lateral_pterygoid", "both", "20"), ("digastric_ant", "both", "10")),
    "jaw_closing": (("masseter", "both", "35"), ("temporalis", "both", "15")),
    "jaw_deviation": (
        ("lateral_pterygoid", "other", "20"),
        ("medial_pterygoid", "same", "15"),
        ("masseter", "same", "15"),
    ),
    "tongue": (("genioglossus", "mid", "10"), ("submentalis", "mid", "15")),
    "jaw_mixed": (("masseter", "both", "25"), ("submentalis", "mid", "20"), ("orbicularis_oris", "both", "2.5")),
    "voice": (("thyroarytenoid", "both", "1.25"),),
    "breathy_voice": (("posterior_cricoarytenoid", "same", "3.75"),),
    "pelvic_floor": (("puborectalis", "both", "10"),),
    "half_body_dysport": (
        ("biceps", "same", "100"),
        ("fcr", "same", "100"),
        ("fds", "same", "100"),
        ("gastrocnemius", "same", "150"),
        ("tibialis_posterior", "same", "150"),
    ),
    "neck_arm": (
        ("splenius_capitis", "same", "50"),
        ("scm", "other", "30"),
        ("trapezius_upper", "same", "40"),
        ("biceps", "same", "40"),
        ("fcr", "same", "20"),
    ),
    "body": (("paraspinals", "both", "50"), ("splenius_capitis", "both", "40"), ("gastrocnemius", "both", "50")),
    "body_dysport": (
        ("paraspinals", "both", "150"),
        ("gastrocnemius", "both", "100"),
        ("biceps", "both", "100"),
        ("splenius_capitis", "both", "50"),
    ),
    "arm_foot": (("fcr", "same", "20"), ("biceps", "same", "40"), ("tibialis_posterior", "other", "50")),
    "neck_back": (("splenius_capitis", "both", "40"), ("semispinalis_capitis", "both", "25")),
}
"""Muscle, side (of the case, the other one, both, midline), units at full strength."""


@cache
def sites_of(recipe: str, side: Side | None, strength: int = FULL_STRENGTH) -> tuple[InjectionSite, ...]:
    """The sites of a recipe for a case of this side, at a strength in per cent."""
    own = SiteSide.LEFT if side is Side.LEFT else SiteSide.RIGHT
    other = SiteSide.RIGHT if own is SiteSide.LEFT else SiteSide.LEFT
    sides = {
        "same": (own,),
        "other": (other,),
        "both": (SiteSide.RIGHT, SiteSide.LEFT),
        "mid": (SiteSide.MIDLINE,),
    }
    return tuple(
        InjectionSite(muscle, place, _rounded(Decimal(units) * strength / FULL_STRENGTH))
        for muscle, token, units in RECIPES[recipe]
        for place in sides[token]
    )


@cache
def units_of(recipe: str, side: Side | None, strength: int = FULL_STRENGTH) -> Decimal:
    """The sum of the sites."""
    return sum((site.units for site in sites_of(recipe, side, strength)), Decimal(0))


def dilution_of(product: str | None, recipe: str) -> Decimal | None:
    """How many millilitres a vial is made up with: more for the small doses of the face."""
    if product is None:
        return None
    if product == "abo":
        return Decimal("2.5")
    return Decimal(4) if recipe in _FINE else Decimal(2)


_FINE = frozenset({"eyes", "eyes_brow", "one_eye", "half_face", "half_face_neck", "both_halves", "meige", "lips"})


def _rounded(units: Decimal) -> Decimal:
    """Down to a dose a syringe can measure: steps of 0.25, 0.5, 2.5 or 10 units."""
    if units < 5:
        step = Decimal("0.25")
    elif units < 10:
        step = Decimal("0.5")
    else:
        step = Decimal("2.5") if units < 100 else Decimal(10)
    return units // step * step
