"""Words for aligning photographs: what to click at, why nothing was found, how it was aligned."""

from __future__ import annotations

from clinic_app.domain.alignment import (
    LEAST_POINTS,
    LEAST_SCALE,
    MOST_APART,
    MOST_SCALE,
    AlignmentMethod,
    FoundBy,
    Landmark,
    NotAligned,
)
from clinic_app.wording.language import translate

MESSAGES: dict[str, str] = {
    "aligned_by_hand": (
        "These photos were aligned by hand, which is kept. Set points (M), refine them (R), or show the photos as taken"
        " first."
    ),
    "points_at_one_place": (
        "The points lie on one spot, so nothing says how large or how turned the photo is. Click at points far apart."
    ),
    "points_too_few": "At least {least} points are needed in each photo, {count} set so far. Click at the same spots in both.",
}

_LANDMARKS = {
    Landmark.INNER_CORNER_RIGHT: "Inner corner of the right eye",
    Landmark.INNER_CORNER_LEFT: "Inner corner of the left eye",
    Landmark.OUTER_CORNER_RIGHT: "Outer corner of the right eye",
    Landmark.OUTER_CORNER_LEFT: "Outer corner of the left eye",
    Landmark.OUTER_CORNER_UNAFFECTED: "Outer corner of the eye of the unaffected side",
    Landmark.NASAL_BASE: "Base of the nose",
    Landmark.NASAL_TIP: "Tip of the nose",
    Landmark.NASAL_BRIDGE: "Bridge of the nose",
    Landmark.EAR_TRAGUS: "Front edge of the ear (tragus)",
    Landmark.ACROMION_RIGHT: "Right shoulder (acromion)",
    Landmark.ACROMION_LEFT: "Left shoulder (acromion)",
    Landmark.SHOULDER_LINE: "Shoulder",
    Landmark.SUPRASTERNAL_NOTCH: "Notch above the breastbone",
    Landmark.CHAIR_EDGE: "Edge of the chair, or the pelvis",
    Landmark.FLOOR_LINE: "Line of the floor",
    Landmark.TABLE_EDGE: "Edge of the table, or a corner of the paper",
    Landmark.FOREARM_AXIS: "Middle of the forearm",
    Landmark.PAGE_CORNERS: "Corners of the page",
}

_REASONS = {
    NotAligned.BY_POINTS_ONLY: "This view is aligned by points: what can be found in it is what the illness moves.",
    NotAligned.EYES_NOT_FOUND: "Could not find both eyes in both photos.",
    NotAligned.PAGE_NOT_FOUND: "Could not find the four corners of the page in both photos.",
    NotAligned.TOO_LITTLE_IN_COMMON: "The two photos have too little in common.",
    NotAligned.OUT_OF_LIMITS: "The photos would have to be turned or enlarged too far.",
    NotAligned.NOT_SURE: "Not sure enough where the photos belong on each other.",
    NotAligned.MOVED_TOO_FAR: "The pixels disagree with the points: look at the points again.",
    NotAligned.TOO_SMALL: "The part to align on is too small in one of the photos.",
}

_METHODS = {
    AlignmentMethod.REFERENCE: "Reference of this view",
    AlignmentMethod.POINTS: "By points",
    AlignmentMethod.REFINED: "By points, refined",
    AlignmentMethod.AUTOMATIC: "Automatic",
}

_FOUND = {
    FoundBy.EYES: "eyes",
    FoundBy.PAGE: "page corners",
    FoundBy.BACKGROUND: "background",
    FoundBy.NOTHING: "points",
}


def landmark_words(landmark: Landmark) -> str:
    """What to click at: ``Inner corner of the right eye``."""
    return translate(_LANDMARKS[landmark])


def not_aligned_words(reason: NotAligned) -> str:
    """Why the pixels gave no alignment, as a sentence."""
    return translate(_REASONS[reason])


def method_words(method: AlignmentMethod) -> str:
    """How a photograph was aligned: ``By points, refined``."""
    return translate(_METHODS[method])


_CLEAR = 0.75
"""Sureness from which nothing is said against an answer."""


def points_doubt(scale: float, share: float, rms: float) -> str:
    """Why points can hardly be right, blank where nothing is against them.

    ``scale`` is how many times as large B lies over A; ``share`` is the error as a share of the longer side, ``rms`` the
    same in pixels.
    """
    if not LEAST_SCALE <= scale <= MOST_SCALE:
        return translate("B would be {percent} % as large as A: look at the points again").format(
            percent=f"{scale * 100:.0f}"
        )
    if share > MOST_APART:
        return translate("The points miss each other by {rms} px: look at them again").format(rms=f"{rms:.0f}")
    return ""


def points_words(pairs: int, rms: float, doubt: str) -> str:
    """What so many pairs of points say, ``rms`` in pixels, and what can be done now.

    Two always agree to the last pixel, so that of them no error is said.
    """
    if doubt:
        return translate("{doubt}. Enter keeps them all the same, Backspace takes the last one away").format(
            doubt=doubt
        )
    if pairs <= LEAST_POINTS:
        return translate("Two points: a third in A tells how well they agree. Enter keeps them, R refines them")
    said = translate("Points agree to {rms} px").format(rms=f"{rms:.1f}")
    return translate("{said}. Enter keeps it, R refines it, a further point in A makes it surer").format(said=said)


def refined_words(rms: float, sureness: float) -> str:
    """How well points were refined; ``rms`` in pixels: ``Refined: 0.3 px, sure``."""
    return translate("Refined: {rms} px, {sure}").format(rms=f"{rms:.1f}", sure=_sureness_words(sureness))


def automatic_words(found_by: FoundBy, sureness: float) -> str:
    """What an automatic alignment went by and how sure it is (``sureness`` 0 to 1): ``Auto, eyes, fairly sure``."""
    return translate("Auto, {found_by}, {sure}").format(
        found_by=found_by_words(found_by), sure=_sureness_words(sureness)
    )


def _sureness_words(sureness: float) -> str:
    return translate("sure") if sureness >= _CLEAR else translate("fairly sure")


def found_by_words(found_by: FoundBy) -> str:
    """What an automatic alignment went by: ``eyes``."""
    return translate(_FOUND[found_by])
