"""Drawn heads: face, eyes, hair, from the front, from behind and in profile.

Head units: origin between the pupils, eyes 33 to the side, chin 105 below, crown 104 above, z towards the camera.
In front views the patient's right is on the left of the picture.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from clinic_app.imaging.sheet import Colour, Point, Sheet, ellipse, mixed, smooth
from clinic_app.imaging.sitters import GroundTruth, Look, Portrait

if TYPE_CHECKING:
    from clinic_app.imaging.sheet import Curve

IRIS = 13.6


_WIDE_OPEN = 0.96


_WHITE: Colour = (246.0, 243.0, 240.0)


DARK: Colour = (34.0, 26.0, 22.0)


class _Head:
    """A head in front of the camera, turned and bent: where a point of the face comes to lie."""

    def __init__(self, sheet: Sheet, portrait: Portrait, look: Look) -> None:
        self.sheet, self.portrait, self.look = sheet, portrait, look
        self.turn = math.radians(max(-50.0, min(50.0, portrait.head_turn_deg)))
        self.bend = math.radians(max(-35.0, min(35.0, portrait.retro_deg)))
        self.stroke = 1.5

    def warp(self, points: Curve | Iterable[Point], bump: float = 0.0) -> Curve:
        """Points on the face, ``bump`` units out of its surface, turned with the head."""
        given = np.asarray(points if hasattr(points, "shape") else list(points), np.float64).reshape(-1, 2)
        x, y = given[:, 0] * self.look.broad, given[:, 1]
        depth = 80 * np.sqrt(np.clip(1 - (x / 86) ** 2 - ((y - 5) / 128) ** 2, 0, 1)) + bump
        across = x * math.cos(self.turn) - depth * math.sin(self.turn)
        depth = x * math.sin(self.turn) + depth * math.cos(self.turn)
        down = (y - 30) * math.cos(self.bend) - depth * math.sin(self.bend) * 0.8 + 30
        return np.stack([across, down], axis=1)

    def line(
        self, points: Iterable[Point], width: float, colour: Colour, thin: float = 0.35, bump: float = 0.0
    ) -> None:
        """A smooth line on the face."""
        self.sheet.line(self.warp(smooth(points), bump), width, colour, thin=thin)

    def outline(self) -> Curve:
        """The edge of the head without hair."""
        half = ((36, -97), (61, -72), (72, -32), (73, 6), (69, 40), (57, 70), (37, 93), (15, 104))
        right = [(0.0, -104.0), *((float(x), float(y)) for x, y in half), (0.0, 106.0)]
        left = [(-x, y) for x, y in reversed(right[1:-1])]
        return self.edge(smooth(right + left, closed=True))

    def edge(self, points: Curve) -> Curve:
        """Points of the head's silhouette: the chin goes with the turn, the back of the head the other way."""
        x, y = points[:, 0] * self.look.broad, points[:, 1].copy()
        low = np.clip((y + 10) / 110, 0, 1)
        low = low * low * (3 - 2 * low)
        high = 1 - np.clip((y + 20) / 70, 0, 1)
        sine = math.sin(self.turn)
        x = (
            x
            - 44 * sine * low
            + np.where(x * sine > 0, 26 * sine * high, 0)
            - np.where(x * sine < 0, 4 * sine * high, 0)
        )
        y = y + self.portrait.jaw_open * 20 * np.clip((y - 40) / 65, 0, 1)
        raised = math.sin(self.bend)
        y = y - 48 * raised * low + 16 * max(raised, 0.0) * high - 6 * min(raised, 0.0) * high
        return np.stack([x, y], axis=1)


def draw_face(sheet: Sheet, portrait: Portrait, look: Look, *, closed: bool) -> GroundTruth:
    """Draw head, hair and features; the truth about the eyes."""
    head = _Head(sheet, portrait, look)
    outline = head.outline()
    _hair_behind(head)
    if look.style not in {"scarf", "turban"}:
        _ears(head)
    sheet.part(outline, look.skin, look.line, head.stroke)
    if look.beard in {"beard", "stubble"}:
        _beard(head, outline)
    if abs(portrait.head_turn_deg) > 24:
        with sheet.inside(outline, 30.0):
            truth = _features(head, closed=closed)
    else:
        truth = _features(head, closed=closed)
    _hair_before(head)
    if abs(portrait.head_turn_deg) > 9 and look.style not in {"scarf", "turban"}:
        _side_hair(head)
        _ears(head, near=True)
    return truth


def _features(head: _Head, *, closed: bool) -> GroundTruth:
    portrait, look = head.portrait, head.look
    soft = mixed(look.skin, look.line, 0.5)
    pull = -portrait.mouth_pull
    right = 0.0 if closed else max(0.0, min(1.2, portrait.lid_aperture_right))
    left = 0.0 if closed else max(0.0, min(1.2, portrait.lid_aperture_left))
    squeezes = [0.0 if closed else max(0.0, 1 - value / 0.75) for value in (right, left)]
    answers = []
    for side, aperture, squeeze in ((-1, right, squeezes[0]), (1, left, squeezes[1])):
        other = squeezes[1] if side < 0 else squeezes[0]
        lifted = pull * side > 0.2 and squeeze > other + 0.2
        answers.append(_eye(head, side, aperture, squeeze, lifted=lifted))
    frown = min(squeezes)
    if frown > 0.25:
        for x in (-4.5, 4.5):
            head.line([(x, -22), (x * 0.8, -14), (x * 1.1, -6)], 1.1, soft, bump=4)
    if look.bindi:
        head.sheet.fill(head.warp(ellipse((0, -19), 2.4, 2.4), 4), (150.0, 40.0, 48.0))
    if look.lines > 0.35 and not closed:
        for y in (-56.0, -48.0)[: 1 + (look.lines > 0.65)]:
            head.line([(-30, y + 2), (-12, y), (12, y), (30, y + 2)], 0.8, mixed(look.skin, look.line, 0.28))
    _nose(head)
    _mouth(head, pull)
    for side in (-1, 1):
        strength = 0.28 + 0.3 * look.lines + 0.5 * max(0.0, pull * side)
        deep = 5 * max(0.0, pull * side)
        head.line(
            [(side * 21, 43), (side * (29 + deep), 54 - deep), (side * (33 + deep * 1.2), 68 - deep)],
            1.0 + 0.6 * max(0.0, pull * side),
            mixed(look.skin, look.line, min(0.85, strength)),
        )
        if pull * side > 0.3:
            head.line([(side * 40, 50), (side * 45, 60), (side * 44, 70)], 0.9, soft)
            head.line([(side * 6, 84), (side * 13, 86), (side * 18, 82)], 0.9, soft)
    head.line([(-8, 84), (0, 86.5), (8, 84)], 0.9, mixed(look.skin, look.line, 0.3))
    (lid_right, pupil_right, corner_right), (lid_left, pupil_left, corner_left) = answers
    return GroundTruth(
        lid_aperture_right=lid_right,
        lid_aperture_left=lid_left,
        iris_diameter=IRIS * head.sheet.scale,
        pupil_right=pupil_right,
        pupil_left=pupil_left,
        inner_corner_right=corner_right,
        inner_corner_left=corner_left,
    )


def _eye(head: _Head, side: int, aperture: float, squeeze: float, *, lifted: bool) -> tuple[float, Point, Point]:
    """One eye with its brow; answers lid distance, pupil and inner corner in pixels."""
    sheet, look = head.sheet, head.look
    middle = side * 33 * look.eye_gap
    along = np.linspace(-1, 1, 33)
    x = middle + side * along * 17.2
    base = 1.4 - 1.6 * (along + 1) / 2 + 1.6 * squeeze
    opening = _WIDE_OPEN * IRIS * aperture
    shape = 1 - np.abs(along) ** 2.15
    soft, light = mixed(look.skin, look.line, 0.5), mixed(look.skin, look.line, 0.34)
    if opening < 0.6:
        opening = 0.0
        shut = head.warp(np.stack([x, base + 3.6 * (1 - along**2)], axis=1))
        sheet.line(shut, 2.3, mixed(look.line, DARK, 0.45), thin=0.6)
        upper = base - 2.0
    else:
        upper, lower = base - 0.54 * opening * shape, base + 0.46 * opening * (1 - along**2)
        almond = head.warp(np.vstack([np.stack([x, upper], 1), np.stack([x, lower], 1)[::-1]]))
        sheet.fill(almond, _WHITE)
        with sheet.inside(almond, 16.0):
            level = base[16]
            sheet.fill(head.warp(ellipse((middle, level), IRIS / 2, IRIS / 2)), mixed(look.iris, DARK, 0.45))
            sheet.fill(head.warp(ellipse((middle, level), IRIS / 2 - 0.7, IRIS / 2 - 0.7)), look.iris)
            sheet.fill(head.warp(ellipse((middle, level), 3.0, 3.0)), DARK)
            sheet.fill(head.warp(ellipse((middle + 1.9, level - 2.1), 1.25, 1.25)), (255.0, 255.0, 255.0))
            lid_shadow = np.vstack([np.stack([x, upper - 1], 1), np.stack([x, upper + 1.3], 1)[::-1]])
            sheet.fill(head.warp(lid_shadow), DARK, alpha=0.16)
        sheet.line(head.warp(np.stack([x, lower], 1)), 1.0, soft, thin=0.5)
        sheet.line(head.warp(np.stack([x, upper], 1)), 2.0, mixed(look.line, DARK, 0.4), thin=0.55)
    inner = slice(3, -1)
    crease = upper - 4.6 - 1.2 * shape * min(1.0, aperture + 0.4)
    sheet.line(head.warp(np.stack([x, crease], 1)[inner]), 1.1, soft, thin=0.25)
    if squeeze > 0.2:
        strong = mixed(look.skin, look.line, 0.3 + 0.3 * squeeze)
        for gap in (4.0, 8.0):
            fold = base + 4.5 + gap + 1.5 * (1 - along**2)
            sheet.line(head.warp(np.stack([x, fold], 1)[5:-4]), 0.9, strong, thin=0.25)
        fold = crease - 4.4
        sheet.line(head.warp(np.stack([x, fold], 1)[6:-4]), 0.9, strong, thin=0.25)
    if squeeze > 0.2 or look.lines > 0.6:
        feet = max(squeeze, 0.4)
        for rise in (-7.0, -1.0, 5.0):
            start = (middle + side * 22, rise * 0.5)
            head.line([start, (start[0] + side * 6, rise), (start[0] + side * 11 * feet, rise * 1.7)], 0.9, light, 0.2)
    else:
        under = base + 0.5 * IRIS + 4.5 + 2.5 * (1 - along**2)
        faint = mixed(look.skin, look.line, 0.14 + 0.2 * look.lines)
        sheet.line(head.warp(np.stack([x, under], 1)[4:-6]), 0.9, faint, thin=0.2)
    _brow(head, side, 6.5 * squeeze if not lifted else -7.0)
    pupil = head.warp([(middle, float(base[16]))])
    corner = head.warp([(float(x[0]), float(base[0]))])
    return opening * sheet.scale * math.cos(head.bend), sheet.at(_point(pupil)), sheet.at(_point(corner))


def _brow(head: _Head, side: int, lower: float) -> None:
    look = head.look
    high = -27.5 + look.brow_height + lower
    weight = look.brow_weight
    inner = lower * 0.45 if lower > 0 else 0.0
    path = smooth(
        [(side * 13, high + 4 + inner), (side * 27, high - 2.2), (side * 42, high - 3), (side * 57, high + 6)]
    )
    width = np.interp(np.linspace(0, 1, len(path)), [0, 0.15, 0.55, 1], [2.6, 3.4, 2.9, 0.7])[:, None] * weight
    upright = np.array([[0.0, 1.0]])
    shape = np.vstack([path - upright * width, (path + upright * width * 0.85)[::-1]])
    head.sheet.fill(head.warp(shape, 3), look.brow)
    head.sheet.line(head.warp(path[:6], 3), 3.0 * weight, look.brow)


def _nose(head: _Head) -> None:
    look, wide = head.look, head.look.nose
    for side in (-1, 1):
        bridge = [(side * 8.5, 9.0), (side * 9.5, 21.0), (side * 12.5, 34.0), (side * 16.5 * wide, 42.0)]
        wing = [(side * 16.5 * wide, 42.0), (side * 17 * wide, 47.0), (side * 12 * wide, 50.0), (side * 8, 48.6)]
        colour = look.line if side * head.turn >= -0.12 else mixed(look.skin, look.line, 0.45)
        head.line(bridge, 1.3, mixed(look.skin, colour, 0.8), 0.3, bump=9)
        head.line(wing, 1.6, look.line, 0.5, bump=10)
    head.line([(-8, 48.6), (-3.5, 51.8), (0, 52.6), (3.5, 51.8), (8, 48.6)], 1.5, look.line, 0.6, bump=15)
    for side in (-1, 1):
        head.sheet.fill(head.warp(ellipse((side * 7.2, 47.4), 2.6, 1.1, turn=side * -12), 13), look.line, alpha=0.55)


def _mouth(head: _Head, pull: float) -> None:
    sheet, look, jaw = head.sheet, head.look, head.portrait.jaw_open

    def bent(points: list[Point]) -> list[Point]:
        moved = []
        for x, y in points:
            weight = max(0.0, x * (1 if pull > 0 else -1) + 12) / 36
            moved.append((x + pull * (4 + 8 * weight), y - abs(pull) * 7.5 * weight**1.5))
        return moved

    low = 22 * jaw
    upper = [(-24.0, 63.0), (-12.0, 59.3), (-4.0, 57.0), (0.0, 58.4), (4.0, 57.0), (12.0, 59.3), (24.0, 63.0)]
    seam = [(-24.0, 63.0), (-10.0, 63.6), (0.0, 62.8), (10.0, 63.6), (24.0, 63.0)]
    low_seam = [(x, y + low * (1 - (x / 24) ** 2)) for x, y in seam]
    lower = [(24.0, 63.0), (12.0, 70.5 + low), (0.0, 72.5 + low), (-12.0, 70.5 + low), (-24.0, 63.0)]
    top, bottom = smooth(bent(upper)), smooth(bent(lower))
    deeper = mixed(look.lip, look.line, 0.18)
    sheet.fill(head.warp(np.vstack([top, smooth(bent(seam))[::-1]]), 4), deeper)
    sheet.fill(head.warp(np.vstack([smooth(bent(low_seam)), bottom]), 4), look.lip)
    if jaw > 0.05:
        hole = np.vstack([smooth(bent(seam)), smooth(bent(low_seam))[::-1]])
        sheet.fill(head.warp(hole, 3), (74.0, 36.0, 38.0))
        if jaw > 0.25:
            teeth = [(x * 0.72, y + (0.4 if index < 5 else 3.6)) for index, (x, y) in enumerate(seam + seam[::-1])]
            sheet.fill(head.warp(np.array(bent(teeth)), 3), (240.0, 236.0, 228.0))
        sheet.line(head.warp(smooth(bent(low_seam)), 4), 1.2, look.line, thin=0.5)
    edge = mixed(look.lip, look.line, 0.75)
    sheet.line(head.warp(top, 4), 1.0, edge, thin=0.5)
    sheet.line(head.warp(bottom, 4), 1.0, edge, thin=0.5)
    sheet.line(head.warp(smooth(bent(seam)), 4), 1.6, look.line, thin=0.6)
    if look.beard in {"moustache", "beard"}:
        over = [
            (-25.0, 61.5),
            (-14.0, 54.5),
            (0.0, 53.6),
            (14.0, 54.5),
            (25.0, 61.5),
            (13.0, 60.0),
            (0.0, 58.2),
            (-13.0, 60.0),
        ]
        sheet.fill(head.warp(smooth(bent(over), closed=True), 5), mixed(look.brow, look.hair, 0.6))


def _ears(head: _Head, *, near: bool = False) -> None:
    """Both ears, or with ``near`` the one that a turn of the head brings to the front."""
    look, sine = head.look, math.sin(head.turn)
    for side in (-1, 1):
        towards = side * sine
        if towards < -0.25 or (near and towards < 0.15):
            continue
        x = side * 75 * look.broad * (math.cos(head.turn) if towards > 0 else 1.0) + 12 * sine
        middle = (x, 10 - 10 * math.sin(head.bend))
        ear = ellipse(middle, 9 + 5 * max(0.0, towards), 20, turn=side * 8)
        head.sheet.part(ear, look.skin, look.line, head.stroke)
        inner = smooth([(x + side * 3, middle[1] - 11), (x + side * 5.5, middle[1] - 2), (x + side * 1, middle[1] + 8)])
        head.sheet.line(inner, 1.1, mixed(look.skin, look.line, 0.55), thin=0.3)


def _side_hair(head: _Head) -> None:
    """Hair above and behind the ear that a turn of the head shows."""
    side = 1 if head.turn > 0 else -1
    low = {"long": 60.0, "parted": 56.0, "bun": 40.0}.get(head.look.style, 34.0)
    silhouette = head.edge(
        np.array([(side * 72.0, -60.0), (side * 77.0, -30.0), (side * 77.0, 0.0), (side * 75.0, low)])
    )
    ear = side * 75 * math.cos(head.turn) + 12 * math.sin(head.turn)
    front = np.array([(ear + side * 4, low - 4), (ear, 8.0), (ear - side * 7, 6.0)])
    temple = head.warp([(side * 68.0, -20.0), (side * 60.0, -56.0)])
    head.sheet.fill(np.vstack([silhouette, front, temple]), head.look.hair)


def _beard(head: _Head, outline: Curve) -> None:
    look = head.look
    colour, alpha = (look.hair, 0.94) if look.beard == "beard" else (look.brow, 0.2)
    low = 12.0 if look.beard == "beard" else 0.0
    shape = [(-73, 6), (-70, 40), (-58, 72), (-38, 95 + low), (-14, 107 + low), (0, 109 + low)]
    shape += [(-x, y) for x, y in reversed(shape[:-1])]
    face = smooth([(66, 8), (56, 38), (34, 50), (14, 53), (0, 53), (-14, 53), (-34, 50), (-56, 38), (-66, 8)])
    edge = head.edge(smooth(shape))
    if look.beard == "beard":
        head.sheet.fill(np.vstack([edge, head.warp(face)]), colour, alpha=alpha)
        return
    with head.sheet.inside(outline, 20.0):
        head.sheet.fill(np.vstack([edge, head.warp(face)]), colour, alpha=alpha)


def _hair_behind(head: _Head) -> None:
    sheet, look = head.sheet, head.look
    edge = mixed(look.hair, DARK, 0.5)
    if look.style == "long":
        shape = [(0, -118), (48, -108), (80, -66), (90, 0), (94, 70), (98, 140), (70, 168), (0, 160)]
        _mirrored(head, shape, look.hair, edge)
    elif look.style == "bun":
        sheet.part(head.edge(ellipse((0, -120), 30, 24)), look.hair, edge, 1.3)
        _mirrored(head, [(0, -114), (46, -104), (78, -64), (82, -10), (74, 40), (40, 60), (0, 62)], look.hair, edge)
    elif look.style == "parted":
        _mirrored(head, [(0, -116), (48, -105), (79, -64), (84, -8), (80, 46), (58, 84), (0, 90)], look.hair, edge)
    elif look.style == "scarf":
        cloth = mixed(look.shirt, (232.0, 226.0, 220.0), 0.45)
        line = mixed(cloth, DARK, 0.45)
        _mirrored(
            head, [(0, -122), (52, -112), (86, -66), (92, 4), (92, 70), (88, 128), (60, 150), (0, 150)], cloth, line
        )
    elif look.style != "turban":
        _mirrored(head, [(0, -114), (44, -104), (75, -66), (79, -20), (75, 14), (40, 30), (0, 30)], look.hair, edge)


def _mirrored(head: _Head, half: list[tuple[int, int]], colour: Colour, edge: Colour) -> None:
    right = half
    left = [(-x, y) for x, y in reversed(right[1:-1])]
    head.sheet.part(head.edge(smooth(right + left, closed=True)), colour, edge, 1.3)


def _hair_before(head: _Head) -> None:
    """Hair or cloth over the forehead: an outer edge on the silhouette, an inner one on the face."""
    sheet, look = head.sheet, head.look
    edge, strand = mixed(look.hair, DARK, 0.5), mixed(look.hair, (210.0, 200.0, 196.0), 0.16)
    outer = [(-77, -6), (-77, -44), (-64, -84), (-36, -108), (0, -116), (36, -108), (64, -84), (77, -44), (77, -6)]
    hairlines = {
        "short": [(68, -8), (66, -42), (48, -66), (22, -73), (-4, -70), (-30, -74), (-50, -64), (-66, -42), (-68, -8)],
        "side": [(68, -6), (66, -40), (52, -58), (20, -78), (-22, -88), (-40, -70), (-60, -52), (-66, -36), (-68, -6)],
        "receding": [
            (69, -4),
            (70, -40),
            (62, -70),
            (40, -92),
            (0, -98),
            (-40, -92),
            (-62, -70),
            (-70, -40),
            (-69, -4),
        ],
        "parted": [(72, 22), (68, -20), (52, -58), (22, -84), (0, -94), (-22, -84), (-52, -58), (-68, -20), (-72, 22)],
        "long": [(72, 26), (67, -18), (56, -52), (26, -80), (6, -92), (-30, -76), (-54, -52), (-67, -18), (-72, 26)],
        "bun": [(71, 10), (68, -30), (50, -66), (22, -80), (0, -83), (-22, -80), (-50, -66), (-68, -30), (-71, 10)],
    }
    if look.style in hairlines:
        reach = {"parted": 20, "long": 24, "bun": 6}.get(look.style, -6)
        outer = [(-76, reach), *outer[1:-1], (76, reach)]
        inner = head.warp(smooth(hairlines[look.style]))
        shape = np.vstack([head.edge(smooth(outer)), inner])
        sheet.fill(shape, look.hair)
        sheet.line(inner, 1.2, edge, thin=0.4)
        for offset in (0.32, 0.62):
            between = [
                (a[0] * (1 - offset) + b[0] * offset, a[1] * (1 - offset) + b[1] * offset)
                for a, b in zip(hairlines[look.style][1:-1], reversed(outer[1:-1]), strict=True)
            ]
            if look.style == "receding":
                between = between[:2]
            for half in (between[: len(between) // 2 + 1], between[len(between) // 2 :]):
                if len(half) > 1:
                    sheet.line(head.edge(smooth(half)), 0.9, strand, thin=0.2)
    elif look.style == "scarf":
        cloth = mixed(look.shirt, (232.0, 226.0, 220.0), 0.45)
        line = mixed(cloth, DARK, 0.45)
        around = [(0, -122), (52, -112), (84, -66), (88, 4), (80, 62), (52, 104), (0, 122)]
        ring = around
        ring += [(-x, y) for x, y in reversed(ring[1:-1])]
        window = ellipse((0, 8), 65, 92)
        outside, opening = head.edge(smooth(ring, closed=True)), head.edge(window)
        first = outside[np.argmin(outside[:, 1])]
        outside = np.roll(outside, -int(np.argmin(outside[:, 1])), axis=0)
        opening = np.roll(opening, -int(np.argmin(opening[:, 1])), axis=0)[::-1]
        sheet.fill(np.vstack([outside, first[None], opening[-1:], opening]), cloth)
        sheet.line(np.vstack([opening, opening[:1]]), 1.3, line)
        sheet.line(np.vstack([outside, outside[:1]]), 1.3, line)
        for bend in (-1, 1):
            fold = smooth([(bend * 20.0, -112.0), (bend * 58.0, -76.0), (bend * 76.0, -14.0)])
            sheet.line(head.edge(fold), 1.0, mixed(cloth, DARK, 0.22), thin=0.2)
    elif look.style == "turban":
        cloth, line = mixed(look.shirt, (60.0, 60.0, 90.0), 0.25), mixed(look.shirt, DARK, 0.6)
        band = [
            (-74, -34),
            (-86, -66),
            (-74, -112),
            (-36, -140),
            (0, -146),
            (36, -140),
            (74, -112),
            (86, -66),
            (74, -34),
        ]
        rim = [(74, -34), (52, -56), (24, -72), (0, -80), (-24, -72), (-52, -56), (-74, -34)]
        edge_line = head.edge(smooth(rim))
        shape = np.vstack([head.edge(smooth(band)), edge_line])
        sheet.part(shape, cloth, line, 1.3)
        for side in (-1, 1):
            for step in (0, 1, 2):
                crease = [
                    (side * (76 + step * 3), -42 - step * 18),
                    (side * 40, -78 - step * 18),
                    (side * -6, -92 - step * 17),
                ]
                sheet.line(head.edge(smooth(crease)), 1.0, mixed(cloth, DARK, 0.3), thin=0.3)


def draw_head_from_behind(sheet: Sheet, portrait: Portrait, look: Look) -> None:
    """Draw the back of the head; the patient's right is on the right of the picture."""
    mirrored = -portrait.head_turn_deg
    head = _Head(sheet, portrait, look)
    head.turn, head.bend = math.radians(mirrored) * -0.4, 0.0
    _ears(head)
    sheet.part(head.outline(), look.skin, look.line, 1.5)
    edge, strand = mixed(look.hair, DARK, 0.5), mixed(look.hair, (210.0, 200.0, 196.0), 0.16)
    colour = look.hair
    if look.style in {"scarf", "turban"}:
        colour = mixed(look.shirt, (232.0, 226.0, 220.0) if look.style == "scarf" else (60.0, 60.0, 90.0), 0.4)
        edge, strand = mixed(colour, DARK, 0.5), mixed(colour, DARK, 0.25)
    low = {"long": 170, "scarf": 160, "parted": 84, "turban": 30}.get(look.style, 66)
    wide = {"long": 80, "scarf": 88, "parted": 58, "turban": 74}.get(look.style, 50)
    shape = [(0, -116), (46, -106), (77, -64), (80, -14), (74, 26), (wide, low - 12), (0, low)]
    _mirrored(head, shape, colour, edge)
    for x in (-48, -24, 0, 24, 48):
        path = [(x * 0.3, -104), (x * 1.1, -50), (x * 1.15, 10), (x * 0.8, min(low, 90) - 20)]
        sheet.line(head.edge(smooth(path)), 1.1, strand, thin=0.2)
    if look.style == "bun":
        sheet.part(ellipse((0, -40), 34, 28), colour, edge, 1.4)
        sheet.line(smooth([(-20.0, -44.0), (0.0, -30.0), (20.0, -44.0)]), 1.1, strand, thin=0.2)


def draw_profile(sheet: Sheet, portrait: Portrait, look: Look) -> None:
    """Draw the head from the side, looking to the left of the sheet; the ear is near the origin."""
    edge, strand = mixed(look.hair, DARK, 0.5), mixed(look.hair, (210.0, 200.0, 196.0), 0.16)
    soft = mixed(look.skin, look.line, 0.5)
    jaw = 14 * portrait.jaw_open
    if look.style == "long":
        lock = [(20, -108), (80, -84), (100, -10), (98, 70), (104, 150), (60, 160), (36, 90), (20, 0)]
        sheet.part(smooth(lock, closed=True), look.hair, edge, 1.4)
    if look.style == "bun":
        sheet.part(ellipse((92, -58), 28, 26), look.hair, edge, 1.4)
    nose = 4 * (look.nose - 1) * 4
    front: list[Point] = [
        (-40, -96),
        (-62, -72),
        (-71, -44),
        (-74, -24),
        (-69, -8),
        (-78, 12),
        (-93 - nose, 31),
        (-95 - nose, 36),
        (-89, 41),
    ]
    front += [(-77.0, 43.0), (-79, 51), (-84, 56), (-82, 60), (-74, 61.5)]
    lower: list[Point] = [
        (-74, 61.5 + jaw),
        (-81.0, 65 + jaw),
        (-80, 70 + jaw),
        (-73, 75 + jaw),
        (-77, 85 + jaw),
        (-74, 97 + jaw),
        (-60, 103 + jaw),
    ]
    lower += [(-36, 97 + jaw * 0.7), (-8, 82), (10, 60)]
    skull = [(10, 60), (40, 66), (72, 44), (92, 4), (90, -46), (62, -92), (14, -111), (-40, -96)]
    parts = [smooth(points, steps=8) for points in (front, lower, skull)]
    outline = np.vstack(parts)
    sheet.fill(outline, look.skin)
    sheet.line(np.vstack(parts[:2]), 1.6, look.line, thin=0.7)
    lips = smooth(
        [(-77.0, 52.0), (-84.0, 56.0), (-82.0, 60.0), (-74.0, 61.5), (-66.0, 61.0), (-70.0, 56.0)], closed=True
    )
    sheet.fill(lips, mixed(look.lip, look.line, 0.15))
    low_lip = [(-74.0, 61.5 + jaw), (-81.0, 65.0 + jaw), (-80.0, 70.0 + jaw), (-73.0, 72.0 + jaw), (-66.0, 62.0 + jaw)]
    sheet.fill(smooth(low_lip, closed=True), look.lip)
    sheet.line(smooth([(-77.0, 61.2), (-68.0, 61.6 + jaw * 0.5), (-60.0, 61.0 + jaw)]), 1.5, look.line, thin=0.4)
    if look.beard == "beard":
        shape = [
            (-78, 76),
            (-80, 92),
            (-74, 112),
            (-50, 116),
            (-20, 96),
            (4, 70),
            (10, 20),
            (-2, 24),
            (-16, 46),
            (-44, 54),
            (-62, 74),
        ]
        sheet.fill(smooth(shape, closed=True), look.hair)
    if look.beard in {"moustache", "beard"}:
        sheet.fill(
            smooth([(-86.0, 47.0), (-82.0, 55.0), (-64.0, 60.0), (-70.0, 48.0)], closed=True),
            mixed(look.brow, look.hair, 0.6),
        )
    sheet.line(smooth([(-84.0, 30.0), (-78.0, 34.0), (-79.0, 41.0), (-85.0, 42.0)]), 1.4, look.line, thin=0.4)
    aperture = min(portrait.lid_aperture_left, portrait.lid_aperture_right)
    if aperture < 0.05:
        sheet.line(smooth([(-66.0, 2.0), (-58.0, 6.0), (-47.0, 3.0)]), 2.0, look.line, thin=0.5)
    else:
        half = 6.6 * aperture
        almond = smooth(
            [(-67.0, 0.0 - half * 0.8), (-58.0, -half), (-46.0, 1.0), (-58.0, half * 0.8), (-66.0, half * 0.7)],
            closed=True,
        )
        sheet.fill(almond, _WHITE)
        with sheet.inside(almond, 16.0):
            sheet.fill(ellipse((-65.0, 0.0), 4.4, 6.6), look.iris)
            sheet.fill(ellipse((-66.5, 0.0), 2.0, 3.0), DARK)
        sheet.line(
            smooth([(-69.0, -half * 0.8), (-58.0, -half), (-46.0, 1.0)]), 2.0, mixed(look.line, DARK, 0.4), thin=0.5
        )
        sheet.line(smooth([(-66.0, half * 0.75), (-57.0, half * 0.8), (-46.0, 1.0)]), 1.0, soft, thin=0.4)
    sheet.line(
        smooth([(-66.0, -_crease(aperture)), (-57.0, -_crease(aperture) - 2), (-46.0, -6.0)]),
        1.0,
        soft,
        thin=0.3,
    )
    brow = smooth([(-72.0, -25.0), (-60.0, -31.0), (-44.0, -24.0)])
    width = np.interp(np.linspace(0, 1, len(brow)), [0, 0.3, 1], [3.0, 3.2, 0.8])[:, None] * look.brow_weight
    sheet.fill(np.vstack([brow - (0, 1) * width, (brow + (0, 1) * width)[::-1]]), look.brow)
    _profile_hair(sheet, look, edge, strand)
    if look.style not in {"scarf", "turban"}:
        ear = smooth(
            [(12.0, -14.0), (26.0, -20.0), (34.0, -6.0), (26.0, 14.0), (16.0, 26.0), (10.0, 20.0)], closed=True
        )
        sheet.part(ear, look.skin, look.line, 1.5)
        sheet.line(smooth([(18.0, -10.0), (27.0, -8.0), (22.0, 8.0), (17.0, 14.0)]), 1.1, soft, thin=0.3)


def _crease(aperture: float) -> float:
    """How far the fold of the upper lid lies above the pupil in the side view, head units."""
    return 7.0 + 3.5 * max(0.0, min(1.0, aperture))


def _profile_hair(sheet: Sheet, look: Look, edge: Colour, strand: Colour) -> None:
    cap = [
        (-40, -92),
        (-30, -108),
        (10, -117),
        (64, -100),
        (96, -50),
        (97, 6),
        (78, 48),
        (44, 66),
        (36, 40),
        (30, -18),
        (10, -22),
    ]
    cap += [(4, 4), (-4, 2), (-8, -30), (-24, -52), (-36, -70)]
    colour = look.hair
    if look.style == "receding":
        cap = [
            (4, -92),
            (30, -112),
            (70, -96),
            (97, -50),
            (97, 6),
            (78, 48),
            (44, 66),
            (36, 40),
            (30, -18),
            (10, -22),
            (2, 4),
            (-6, 0),
            (-6, -40),
        ]
    elif look.style in {"parted", "long", "bun"}:
        cap = [
            (-44, -90),
            (-30, -112),
            (14, -121),
            (68, -102),
            (100, -50),
            (99, 6),
            (86, 44),
            (44, 56),
            (30, 30),
            (8, 30),
            (-6, -6),
            (-28, -46),
        ]
    elif look.style == "scarf":
        colour = mixed(look.shirt, (232.0, 226.0, 220.0), 0.45)
        cap = [
            (-54, -88),
            (-30, -114),
            (14, -124),
            (72, -104),
            (104, -48),
            (106, 30),
            (112, 130),
            (60, 180),
            (-30, 160),
            (-50, 112),
            (-30, 100),
            (-18, 40),
            (-22, -40),
        ]
    elif look.style == "turban":
        colour = mixed(look.shirt, (60.0, 60.0, 90.0), 0.25)
        cap = [(-74, -56), (-60, -104), (-10, -140), (56, -134), (104, -84), (102, -24), (60, 4), (16, -18), (-30, -40)]
    if look.style in {"scarf", "turban"}:
        edge, strand = mixed(colour, DARK, 0.5), mixed(colour, DARK, 0.25)
    sheet.part(smooth(cap, closed=True), colour, edge, 1.3)
    for shift in (0.0, 18.0):
        path = smooth(
            [
                (-24.0 + shift, -92.0 + shift * 0.3),
                (20.0 + shift, -98.0 + shift),
                (66.0 + shift * 0.4, -62.0 + shift),
                (76.0, -8.0 + shift),
            ]
        )
        sheet.line(path, 1.1, strand, thin=0.2)


def _point(curve: Curve) -> Point:
    return float(curve[0, 0]), float(curve[0, 1])
