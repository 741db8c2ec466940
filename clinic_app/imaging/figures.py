"""What each kind of drawn photograph shows: heads on shoulders, whole figures, hands.

The measures are head units (see ``heads``). In front views the patient's right is on the left of the picture.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from clinic_app.imaging.hands import between, draw_hand_writing, draw_hands_at_rest, draw_spiral
from clinic_app.imaging.heads import DARK, draw_face, draw_head_from_behind, draw_profile
from clinic_app.imaging.sheet import Point, Sheet, chain, ellipse, mixed, smooth
from clinic_app.imaging.sitters import GroundTruth, Look, Portrait

_PIVOT: Point = (0.0, 112.0)


def _turned(point: Point, degrees: float, about: Point) -> Point:
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    x, y = point[0] - about[0], point[1] - about[1]
    return about[0] + x * cosine - y * sine, about[1] + x * sine + y * cosine


def _shoulders_of(portrait: Portrait) -> tuple[Point, Point]:
    """Acromion of the patient's right (left in the picture) and left, in head units."""
    drop = 20 * portrait.shoulder_drop
    return (-124.0, 194.0 + drop), (124.0, 194.0 - drop)


def _bust(sheet: Sheet, portrait: Portrait, look: Look, *, closed: bool, behind: bool = False) -> GroundTruth:
    """Shoulders, neck and a posed head, from the front or from behind."""
    mirror = -1 if behind else 1
    right, left = _shoulders_of(portrait)
    if behind:
        right, left = (-left[0], left[1]), (-right[0], right[1])
    tilt = -portrait.head_tilt_deg * mirror
    posed = sheet.moved(turn=tilt, about=_PIVOT, to=(tilt * 0.5, abs(tilt) * 0.12))
    _torso(sheet, look, right, left, behind=behind)
    chin_up = 16 * math.sin(math.radians(portrait.retro_deg))
    edges = []
    for side in (-1, 1):
        jaw = _turned((side * 50.0, 52.0 - chin_up), tilt, _PIVOT)
        jaw = (jaw[0] + tilt * 0.5, jaw[1])
        lower = right if side < 0 else left
        base = (side * 48.0, 150.0 + (lower[1] - 194) * 0.25)
        slope = (side * 74.0, 168.0 + (lower[1] - 194) * 0.55)
        middle = ((jaw[0] + base[0]) / 2 - side * 4, (jaw[1] + base[1]) / 2)
        edges.append(smooth([jaw, middle, base, slope]))
    low = [(66.0, 186.0), (0.0, 206.0), (-66.0, 186.0)]
    sheet.fill(np.vstack([edges[0][::-1], edges[1], np.array(low)])[::-1], look.skin)
    for edge in edges:
        sheet.line(edge, 1.5, look.line, thin=0.5)
    if not behind:
        _neck_lines(sheet, portrait, look, tilt)
    _collar(sheet, look, right, left, behind=behind)
    jaw_shadow = [_turned(point, tilt, _PIVOT) for point in ((-56.0, 66.0), (0.0, 122.0), (56.0, 66.0), (0.0, 96.0))]
    sheet.darken(smooth(jaw_shadow, closed=True), 0.16 if not behind else 0.06)
    truth = GroundTruth()
    if behind:
        draw_head_from_behind(posed, portrait, look)
    else:
        truth = draw_face(posed, portrait, look, closed=closed)
    shoulder_right, shoulder_left = (sheet.at(left), sheet.at(right)) if behind else (sheet.at(right), sheet.at(left))
    return replace(
        truth,
        shoulder_right=shoulder_right,
        shoulder_left=shoulder_left,
        head_tilt_deg=portrait.head_tilt_deg,
    )


def _torso(sheet: Sheet, look: Look, right: Point, left: Point, *, behind: bool) -> None:
    edge = mixed(look.shirt, DARK, 0.5)
    shape = [
        (-44.0, 160.0 + (right[1] - 194) * 0.3),
        (-84.0, 174.0 + (right[1] - 194) * 0.7),
        right,
        (right[0] - 26, right[1] + 40),
        (-162.0, 330.0),
        (-168.0, 620.0),
        (168.0, 620.0),
        (162.0, 330.0),
        (left[0] + 26, left[1] + 40),
        left,
        (84.0, 174.0 + (left[1] - 194) * 0.7),
        (44.0, 160.0 + (left[1] - 194) * 0.3),
    ]
    sheet.part(smooth(shape, closed=True), look.shirt, edge, 1.6)
    fold = mixed(look.shirt, DARK, 0.32)
    for side, shoulder in ((-1, right), (1, left)):
        sheet.line(
            smooth([(side * 112.0, shoulder[1] + 62), (side * 116.0, 330.0), (side * 112.0, 420.0)]),
            1.4,
            fold,
            thin=0.3,
        )
        sheet.line(smooth([(side * 96.0, shoulder[1] + 70), (side * 80.0, shoulder[1] + 84)]), 1.2, fold, thin=0.2)
    if behind:
        for side in (-1, 1):
            blade = smooth([(side * 34.0, 240.0), (side * 44.0, 280.0), (side * 66.0, 300.0)])
            sheet.line(blade, 1.2, fold, thin=0.2)
        sheet.line(smooth([(0.0, 215.0), (1.0, 300.0), (0.0, 400.0)]), 1.1, fold, thin=0.2)


def _collar(sheet: Sheet, look: Look, right: Point, left: Point, *, behind: bool) -> None:
    edge = mixed(look.shirt, DARK, 0.5)
    lift, other = (right[1] - 194) * 0.4, (left[1] - 194) * 0.4
    start, end = (-62.0, 164.0 + lift), (62.0, 164.0 + other)
    low = {"round": 196.0, "vee": 226.0, "collar": 206.0}[look.collar]
    if behind:
        neckline = smooth([start, (-34.0, 171.0), (0.0, 174.0), (34.0, 171.0), end])
    elif look.collar == "vee":
        neckline = np.array([start, (-40.0, 184.0), (0.0, low), (40.0, 184.0), end])
    else:
        neckline = smooth([start, (-40.0, 184.0), (0.0, low), (40.0, 184.0), end])
    below = np.array([(96.0, 190.0 + other), (70.0, 250.0), (-70.0, 250.0), (-96.0, 190.0 + lift)])
    sheet.fill(np.vstack([neckline, below]), look.shirt)
    sheet.line(neckline, 2.0, edge)
    if look.collar == "collar" and not behind:
        lighter = mixed(look.shirt, (255.0, 255.0, 255.0), 0.14)
        for side in (-1, 1):
            y = lift if side < 0 else other
            wing = np.array(
                [(side * 60.0, 158.0 + y), (side * 2.0, 205.0), (side * 26.0, 232.0), (side * 72.0, 182.0 + y)]
            )
            sheet.part(wing, lighter, edge, 1.5)
        sheet.line([(0.0, 208.0), (0.0, 420.0)], 1.4, mixed(look.shirt, DARK, 0.35))
        for y in (250.0, 310.0, 370.0):
            sheet.fill(ellipse((5.0, y), 3.0, 3.0), edge)


def _neck_lines(sheet: Sheet, portrait: Portrait, look: Look, tilt: float) -> None:
    """The two big muscles of the neck, the one that pulls standing out; the notch between the collar bones."""
    for side in (-1, 1):
        works = max(0.0, portrait.head_turn_deg * side / 30, portrait.head_tilt_deg * -side / 40)
        top = _turned((side * 52.0 - portrait.head_turn_deg * 0.35, 62.0), tilt, _PIVOT)
        colour = mixed(look.skin, look.line, 0.28 + 0.45 * min(1.0, works))
        path = smooth([top, (side * 34.0 + tilt * 0.2, 132.0), (side * 9.0, 184.0)])
        sheet.line(path, 1.1 + 1.0 * min(1.0, works), colour, thin=0.3)
    light = mixed(look.skin, look.line, 0.4)
    sheet.line(smooth([(-7.0, 183.0), (0.0, 188.0), (7.0, 183.0)]), 1.3, light, thin=0.4)
    if portrait.retro_deg > 8:
        sheet.line(smooth([(-9.0, 138.0), (0.0, 144.0), (9.0, 138.0)]), 1.3, light, thin=0.4)
    if abs(portrait.mouth_pull) > 0.4:
        side = -1 if portrait.mouth_pull > 0 else 1
        for start in (24.0, 34.0):
            sheet.line(
                smooth([(side * start, 112.0), (side * (start + 5), 138.0), (side * (start + 4), 160.0)]),
                1.0,
                light,
                thin=0.2,
            )


def _profile(sheet: Sheet, portrait: Portrait, look: Look, *, right_side: bool) -> GroundTruth:
    """A head and shoulders from the patient's left (looking to the left of the picture) or right."""
    paper = sheet.moved(stretch=(-1.0, 1.0)) if right_side else sheet
    pivot = (24.0, 96.0)
    posed = paper.moved(turn=portrait.retro_deg, about=pivot, to=(portrait.retro_deg * 0.25, 0.0))
    edge = mixed(look.shirt, DARK, 0.5)

    def moved(point: Point) -> Point:
        x, y = _turned(point, portrait.retro_deg, pivot)
        return x + portrait.retro_deg * 0.25, y

    drop = 16 * portrait.shoulder_drop * (1 if right_side else -1)
    trunk = [
        (-30.0, 172.0),
        (-62.0, 206.0),
        (-92.0, 270.0),
        (-100.0, 340.0),
        (-92.0, 620.0),
        (112.0, 620.0),
        (122.0, 330.0),
    ]
    trunk += [(112.0, 240.0), (84.0, 184.0), (54.0, 158.0)]
    paper.part(smooth(trunk, closed=True), look.shirt, edge, 1.6)
    front = smooth([moved((-34.0, 92.0)), moved((-20.0, 108.0)), (-24.0, 148.0), (-40.0, 186.0)])
    back = smooth([(66.0, 176.0), (56.0, 140.0), moved((66.0, 78.0)), moved((74.0, 36.0))])
    paper.fill(np.vstack([front, back, np.array([moved((0.0, 40.0))])]), look.skin)
    paper.line(front, 1.6, look.line, thin=0.6)
    paper.line(back, 1.6, look.line, thin=0.6)
    muscle = smooth([moved((24.0, 52.0)), (10.0, 118.0), (-22.0, 178.0)])
    paper.line(muscle, 1.4, mixed(look.skin, look.line, 0.35 + min(0.3, abs(portrait.retro_deg) / 80)), thin=0.3)
    if portrait.retro_deg > 10:
        for step in (0.0, 9.0, 18.0):
            start = moved((64.0, 66.0 + step * 0.6))
            paper.line(
                smooth([start, (start[0] - 12, start[1] + 4), (start[0] - 24, start[1] + 2)]),
                1.1,
                mixed(look.skin, look.line, 0.45),
                thin=0.2,
            )
    neckline = smooth([(-46.0, 182.0), (-10.0, 186.0), (34.0, 172.0), (70.0, 160.0)])
    paper.fill(np.vstack([neckline, np.array([(96.0, 210.0), (0.0, 240.0), (-70.0, 226.0)])]), look.shirt)
    paper.line(neckline, 2.0, edge)
    arm = chain([(14.0, 226.0 + drop), (22.0, 330.0), (14.0, 620.0)], [50.0, 46.0, 42.0])
    paper.fill(arm, look.shirt)
    paper.line(
        smooth(
            [(-38.0, 262.0 + drop), (-30.0, 206.0 + drop), (16.0, 178.0 + drop), (62.0, 208.0 + drop), (72.0, 290.0)]
        ),
        1.4,
        mixed(look.shirt, DARK, 0.32),
        thin=0.2,
    )
    paper.darken(smooth([moved((-40.0, 96.0)), moved((20.0, 70.0)), (10.0, 130.0), (-20.0, 130.0)], closed=True), 0.14)
    draw_profile(posed, portrait, look)
    return GroundTruth(head_tilt_deg=0.0)


def _body(sheet: Sheet, portrait: Portrait, look: Look, camera_turn: float) -> GroundTruth:
    """A standing figure; the trunk leans over the feet, ``hand_cramp`` bends the patient's right arm and foot."""
    floor = mixed((150.0, 160.0, 172.0), DARK, 0.14)
    sheet.fill([(-1500.0, 360.0), (1500.0, 360.0), (1500.0, 1200.0), (-1500.0, 1200.0)], floor)
    figure = sheet.moved(scale=1.2, to=(0.0, -38.0))
    skin, line, width = look.skin, look.line, 1.8
    shirt_edge, trouser_edge = mixed(look.shirt, DARK, 0.5), mixed(look.trousers, DARK, 0.5)
    lean = portrait.trunk_lean_deg
    cramp = max(0.0, min(1.0, portrait.hand_cramp))
    figure.darken(ellipse((0.0, 416.0), 130.0, 16.0), 0.3)
    for side in (-1, 1):
        inward = 16 * cramp if side < 0 else 0.0
        foot = chain([(side * 46 + inward, 392.0), (side * 54 + inward * 1.8, 408.0)], [17.0, 15.0])
        figure.part(foot, (58.0, 54.0, 52.0), DARK, width)
        leg = chain(
            [(side * 34.0, 70.0), (side * 40.0 + inward * 0.4, 230.0), (side * 46.0 + inward, 388.0)],
            [37.0, 29.0, 20.0],
        )
        figure.part(leg, look.trousers, trouser_edge, width)
    figure.fill(
        smooth([(-64.0, 40.0), (64.0, 40.0), (66.0, 96.0), (0.0, 116.0), (-66.0, 96.0)], closed=True), look.trousers
    )
    figure.line(smooth([(0.0, 108.0), (0.0, 150.0)]), 1.4, trouser_edge, thin=0.3)
    trunk = figure.moved(turn=-lean, about=(0.0, 70.0))
    drop = 12 * portrait.shoulder_drop
    right, left = (-76.0, -158.0 + drop), (76.0, -158.0 - drop)
    relaxed = [right, (-104.0, -60.0), (-102.0, 44.0)]
    bent = [right, (-116.0, -64.0), (-52.0, -96.0)]
    right_arm = between(relaxed, bent, cramp)
    left_arm = [left, (104.0, -60.0), (102.0, 44.0)]
    shape = [
        (-26, -196),
        (-60, -188),
        (-88, -172),
        (-76, -40),
        (-70, 30),
        (-72, 82),
        (72, 82),
        (70, 30),
        (76, -40),
        (88, -172),
        (60, -188),
        (26, -196),
    ]
    body = [
        (float(x), float(y) + (drop if x < -50 and y < -100 else -drop if x > 50 and y < -100 else 0)) for x, y in shape
    ]
    arms = [(left_arm, 1)] if cramp > 0.35 else [(left_arm, 1), (right_arm, -1)]

    def arm(path: list[Point], side: int) -> None:
        hand = path[-1]
        direction = (hand[0] - path[-2][0], hand[1] - path[-2][1])
        size = math.hypot(*direction) or 1.0
        step = (direction[0] / size, direction[1] / size)
        palm = chain([hand, (hand[0] + step[0] * 24, hand[1] + step[1] * 24)], [13.0, 11.0])
        curl = cramp if side < 0 else 0.0
        for finger in (-8.0, 0.0, 8.0):
            root = (hand[0] + step[0] * 26 - step[1] * finger, hand[1] + step[1] * 26 + step[0] * finger)
            end = (root[0] + step[0] * 20 * (1 - curl * 0.4) + curl * 8, root[1] + step[1] * 20 + curl * 14)
            trunk.part(chain([root, end], [4.6, 3.8]), skin, line, 1.3)
        trunk.part(palm, skin, line, width)
        trunk.part(ellipse(path[0], 26.0, 26.0), look.shirt, shirt_edge, width)
        trunk.part(chain(path, [26.0, 20.0, 17.0]), look.shirt, shirt_edge, width)
        trunk.fill(ellipse(path[0], 25.2, 25.2), look.shirt)

    for path, side in arms:
        arm(path, side)
    trunk.part(smooth(body, closed=True), look.shirt, shirt_edge, width)
    for side, shoulder in ((-1, right), (1, left)):
        if side > 0 or cramp <= 0.35:
            trunk.fill(ellipse((shoulder[0] - side * 3, shoulder[1] + 3), 23.5, 24.0), look.shirt)
    if cramp > 0.35:
        arm(right_arm, -1)
        trunk.fill(ellipse((right[0] + 6, right[1] + 4), 23.0, 23.0), look.shirt)
    bust = trunk.moved(scale=0.52, to=(0.0, -284.0))
    tilt = -portrait.head_tilt_deg
    neck = [(-40.0, 60.0), (-44.0, 160.0), (-62.0, 178.0), (0.0, 206.0), (62.0, 178.0), (44.0, 160.0), (40.0, 60.0)]
    bust.part(smooth(neck, closed=True), skin, line, 2.4)
    neckline = smooth([(-64.0, 176.0), (-36.0, 194.0), (0.0, 204.0), (36.0, 194.0), (64.0, 176.0)])
    bust.fill(np.vstack([neckline, np.array([(70.0, 240.0), (-70.0, 240.0)])]), look.shirt)
    bust.line(neckline, 2.6, shirt_edge)
    posed = bust.moved(turn=tilt, about=_PIVOT, to=(tilt * 0.5, 0.0))
    truth = draw_face(posed, portrait, look, closed=False)
    return GroundTruth(
        pupil_right=truth.pupil_right,
        pupil_left=truth.pupil_left,
        shoulder_right=trunk.at(right),
        shoulder_left=trunk.at(left),
        head_tilt_deg=portrait.head_tilt_deg,
        camera_turn_deg=camera_turn,
    )


def _front(scale: float, middle: float, *, closed: bool = False, behind: bool = False) -> _Figure:
    def figure(sheet: Sheet, portrait: Portrait, look: Look, camera_turn: float) -> GroundTruth:
        paper = sheet.moved(scale=scale, to=(0.0, -middle * scale))
        truth = _bust(paper, portrait, look, closed=closed, behind=behind)
        return _with_camera(truth, camera_turn)

    return figure


def _side(*, right_side: bool) -> _Figure:
    def figure(sheet: Sheet, portrait: Portrait, look: Look, camera_turn: float) -> GroundTruth:
        paper = sheet.moved(scale=2.35, to=(0.0, -88 * 2.35))
        return _with_camera(_profile(paper, portrait, look, right_side=right_side), camera_turn)

    return figure


def _with_camera(truth: GroundTruth, camera_turn: float) -> GroundTruth:
    return replace(truth, camera_turn_deg=camera_turn)


_Figure = Callable[[Sheet, Portrait, Look, float], GroundTruth]


FIGURES: dict[str, _Figure] = {
    "face_front": _front(4.0, -6),
    "face_eyes_closed": _front(4.0, -6, closed=True),
    "eyes": _front(7.0, 2),
    "neck_front": _front(2.3, 82),
    "neck_eyes_closed": _front(2.3, 82, closed=True),
    "neck_side_left": _side(right_side=False),
    "neck_side_right": _side(right_side=True),
    "neck_back": _front(2.3, 82, behind=True),
    "shoulders": _front(1.95, 125),
    "hand_rest": draw_hands_at_rest,
    "hand_writing": draw_hand_writing,
    "handwriting_spiral": draw_spiral,
    "body_front": _body,
}
