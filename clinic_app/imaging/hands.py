"""Drawn hands and paper: writing, resting, a spiral; ``hand_cramp`` bends the fingers and makes the ink shake."""

from __future__ import annotations

import math
import random

import numpy as np

from clinic_app.imaging.heads import DARK
from clinic_app.imaging.sheet import Colour, Point, Sheet, chain, ellipse, mixed, smooth
from clinic_app.imaging.sitters import GroundTruth, Look, Portrait


def _table(sheet: Sheet) -> None:
    sheet.fill([(-1500.0, -1200.0), (1500.0, -1200.0), (1500.0, 1200.0), (-1500.0, 1200.0)], (142.0, 150.0, 156.0))


def _paper(sheet: Sheet, corners: list[Point]) -> None:
    sheet.darken(np.add(corners, (10.0, 14.0)), 0.12)
    sheet.part(np.array(corners), (246.0, 245.0, 240.0), (196.0, 196.0, 192.0), 1.5)


def _writing(sheet: Sheet, chance: random.Random, rows: list[float], left: float, right: float, shake: float) -> Point:
    """Lines of writing in ink; answers where the last one ends."""
    ink: Colour = (44.0, 58.0, 110.0)
    x = left
    for number, y in enumerate(rows):
        until = right if number < len(rows) - 1 else left + (right - left) * 0.55
        x = left + chance.uniform(0, 6)
        while x < until - 30:
            length = chance.uniform(60, 120)
            steps = int(length / 3.2)
            places = []
            rise = chance.uniform(6, 9)
            phase = chance.uniform(0, 6)
            for step in range(steps):
                across = x + step * length / steps
                tall = 2.0 if chance.random() < 0.08 else 1.0
                wave = math.sin(phase + step * 1.35) * rise * tall + math.sin(phase + step * 0.6) * 2
                jag = chance.gauss(0, 1) * shake
                places.append(
                    (across + jag * 4 + math.cos(step * 1.35) * 3, y + wave + jag * 9 + shake * 10 * math.sin(step / 5))
                )
            sheet.line(smooth(places, steps=4), 2.2 + 2.2 * shake, ink)
            x += length + chance.uniform(16, 26)
    return x, rows[-1]


def between(first: list[Point], second: list[Point], share: float) -> list[Point]:
    """The posture that lies ``share`` (0-1) of the way from the first to the second."""
    return [(a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share) for a, b in zip(first, second, strict=True)]


def draw_hand_writing(sheet: Sheet, portrait: Portrait, look: Look, camera_turn: float) -> GroundTruth:
    """The patient's right hand with a pen, from above; a cramp grips it, bends the wrist, makes the ink shake."""
    cramp = max(0.0, min(1.0, portrait.hand_cramp))
    chance = random.Random(f"script {portrait.seed}")  # noqa: S311
    _table(sheet)
    page = sheet.moved(turn=-8)
    _paper(page, [(-560.0, -420.0), (250.0, -420.0), (250.0, 640.0), (-560.0, 640.0)])
    _writing(page, chance, [-300.0, -240.0, -180.0, -120.0, -60.0], -480.0, 150.0, 0.06 + 0.75 * cramp)
    hand = sheet.moved(scale=1.75, to=(90.0, 70.0))
    skin, line, width = look.skin, look.line, 2.6
    pale = mixed(skin, (255.0, 246.0, 238.0), 0.35 * cramp)
    wrist: Point = (140.0 - 8 * cramp, 128.0 - 40 * cramp)
    sleeve = look.shirt
    far: Point = (420.0, 330.0 + 60 * cramp)
    arm = [wrist, ((wrist[0] + far[0]) / 2, (wrist[1] + far[1]) / 2 + 10), far]
    hand.darken(np.add(chain([(20.0, 60.0), wrist, far], [70.0, 62.0, 80.0]), (14.0, 22.0)), 0.07)
    little = between(
        [(96, 14), (64, -48), (12, -62), (-26, -48)], [(92, -18), (66, -92), (10, -112), (-34, -124)], cramp
    )
    ring = between([(80, 2), (36, -62), (-18, -66), (-52, -48)], [(76, -26), (30, -98), (-26, -98), (-60, -78)], cramp)
    middle = between(
        [(58, -4), (4, -66), (-56, -62), (-88, -38)], [(52, -30), (-6, -104), (-66, -82), (-88, -44)], cramp
    )
    index = between(
        [(30, 8), (-30, -42), (-80, -40), (-106, -22)], [(22, -20), (-34, -92), (-86, -66), (-104, -22)], cramp
    )
    thumb = between([(74, 112), (10, 92), (-46, 56), (-86, 8)], [(64, 92), (-12, 92), (-64, 46), (-62, -12)], cramp)
    hand.limb(little, [24.0, 18.0, 15.0, 11.0], skin, line, width)
    hand.limb(ring, [25.0, 20.0, 16.0, 12.0], skin, line, width)
    hand.limb(middle, [25.0, 21.0, 17.0, 12.0], skin, line, width)
    back = [(24, -10), (60, -30), (100, -8), (140, 40), (178, 98), (150, 158), (96, 150), (56, 124), (22, 76), (8, 30)]
    lifted = [(x - 4 * cramp, y - (26 - 0.08 * y) * cramp) for x, y in back]
    outline = smooth(lifted, closed=True)
    forearm = chain(arm, [52.0, 60.0, 74.0])
    hand.part(forearm, skin, line, width)
    hand.part(outline, skin, line, width)
    hand.fill(ellipse(wrist, 50.0, 50.0), skin)
    cuff_start = ((wrist[0] + far[0]) / 2 + 10, (wrist[1] + far[1]) / 2 + 10)
    cuff = chain([cuff_start, far, (far[0] + 260, far[1] + 200)], [76.0, 88.0, 110.0])
    hand.part(cuff, sleeve, mixed(sleeve, DARK, 0.5), width)
    tip: Point = (-124.0, -6.0)
    end: Point = (172.0 - 40 * cramp, 42.0 - 96 * cramp)
    hand.line([tip, (-104.0, 0.0)], 3.0, (60.0, 60.0, 66.0))
    pen = np.array([(-108.0, -9.0), end, (end[0] - 4, end[1] + 16), (-106.0, 6.0)])
    hand.part(pen, (54.0, 92.0, 146.0), (30.0, 46.0, 76.0), 2.0)
    hand.part(
        np.array([(-128.0, -4.0), (-108.0, -10.0), (-106.0, 7.0)]), (214.0, 206.0, 190.0), (60.0, 60.0, 66.0), 1.6
    )
    hand.limb(index, [26.0, 22.0, 18.0, 13.0], skin, line, width)
    hand.limb(thumb, [34.0, 26.0, 22.0, 16.0], skin, line, width)
    for finger, size in ((index, 9.0), (thumb, 11.0)):
        (x0, y0), (x1, y1) = finger[-2], finger[-1]
        angle = math.degrees(math.atan2(y1 - y0, x1 - x0))
        nail = ellipse((x1 + (x1 - x0) * 0.02, y1 + (y1 - y0) * 0.02 - 3), size, size * 0.62, turn=angle)
        hand.part(nail, mixed(pale, (244.0, 214.0, 206.0), 0.4), mixed(skin, line, 0.5), 1.4)
    soft = mixed(skin, line, 0.5)
    for finger, bow in ((index, 12.0), (thumb, 13.0)):
        x, y = finger[1]
        for gap in (-4.0, 4.0):
            hand.line(
                smooth(
                    [(x - bow * 0.6 + gap, y - bow * 0.7), (x + gap * 1.4, y), (x + bow * 0.3 + gap, y + bow * 0.7)]
                ),
                1.4,
                soft,
                thin=0.2,
            )
    if cramp > 0.3:
        for shift in (0.0, 26.0, 50.0):
            hand.line(
                smooth(
                    [
                        (34.0 + shift, -6.0 - 20 * cramp),
                        (76.0 + shift * 0.8, 36.0 - 18 * cramp),
                        (108.0 + shift * 0.6, 76.0 - 20 * cramp),
                    ]
                ),
                1.8,
                soft,
                thin=0.15,
            )
    return GroundTruth(camera_turn_deg=camera_turn)


def draw_hands_at_rest(sheet: Sheet, portrait: Portrait, look: Look, camera_turn: float) -> GroundTruth:
    """Both hands palm down on the table, fingers towards the camera; the patient's right hand cramps."""
    _table(sheet)
    skin, line, width = look.skin, look.line, 2.6
    cramp = max(0.0, min(1.0, portrait.hand_cramp))
    for side in (-1, 1):
        hand = sheet.moved(to=(side * 205.0, -60.0), scale=1.35, stretch=(float(-side), 1.0))
        bent = cramp if side < 0 else cramp * 0.1
        limb = chain([(0.0, -280.0), (0.0, -40.0), (0.0, 120.0)], [66.0, 74.0, 90.0])
        shadow = np.add(limb, (8.0 * side, 16.0))
        hand.darken(shadow, 0.13)
        cuff = chain([(10.0, -200.0), (20.0, -420.0)], [74.0, 96.0])
        arm = chain([(0.0, -90.0), (10.0, -300.0)], [54.0, 66.0])
        hand.part(arm, skin, line, width)
        hand.part(cuff, look.shirt, mixed(look.shirt, DARK, 0.5), width)
        palm = smooth(
            [(-52, -104), (52, -104), (70, -40), (76, 34), (40, 58), (-30, 60), (-70, 40), (-72, -30)], closed=True
        )
        roots = [(-58.0, 36.0), (-22.0, 52.0), (16.0, 54.0), (52.0, 40.0)]
        lengths, fat = [104.0, 132.0, 142.0, 122.0], [18.0, 20.0, 21.0, 20.0]
        drawn = []
        for number, ((x, y), length, radius) in enumerate(zip(roots, lengths, fat, strict=True)):
            spread = (number - 1.5) * 11
            flat = [
                (x, y),
                (x + spread * 0.5, y + length * 0.45),
                (x + spread * 0.9, y + length * 0.75),
                (x + spread, y + length),
            ]
            curl = (-1) ** number * 14
            curled = [
                (x, y),
                (x + curl * 0.4 + spread * 0.6, y + length * 0.42),
                (x + curl + spread * 0.3, y + length * 0.5),
                (x + curl * 1.2, y + length * 0.36),
            ]
            if number == 1:
                curled = [(x, y), (x - 6, y + length * 0.5), (x - 16, y + length * 0.85), (x - 30, y + length * 1.08)]
            path = between(flat, curled, bent)
            drawn.append((path, [radius, radius - 1, radius - 4, radius - 7]))
        thumb = between([(52, -34), (96, 10), (112, 54), (108, 92)], [(52, -34), (84, 16), (66, 62), (28, 78)], bent)
        if bent <= 0.4:
            hand.limb(thumb, [30.0, 24.0, 20.0, 14.0], skin, line, width)
        for path, radii in drawn:
            hand.limb(path, radii, skin, line, width, open_end=0.0)
        hand.part(palm, skin, line, width)
        hand.fill(smooth([(-50.0, -140.0), (50.0, -140.0), (50.0, -88.0), (-50.0, -88.0)], closed=True), skin)
        for path, radii in drawn:
            hand.fill(ellipse((path[0][0], path[0][1] + 4), radii[0] - 1.4, 22.0), skin)
        if bent > 0.4:
            hand.limb(thumb, [30.0, 24.0, 20.0, 14.0], skin, line, width)
        else:
            hand.fill(ellipse(thumb[0], 30.0, 30.0), skin)
        soft = mixed(skin, line, 0.45)
        for number, (path, radii) in enumerate(drawn):
            x, y = path[1]
            for gap in (-3.0, 4.0):
                hand.line(
                    smooth([(x - radii[1] * 0.5, y + gap), (x, y + gap + 3), (x + radii[1] * 0.5, y + gap)]),
                    1.3,
                    soft,
                    thin=0.2,
                )
            (x0, y0), (x1, y1) = path[-2], path[-1]
            angle = math.degrees(math.atan2(y1 - y0, x1 - x0))
            if bent < 0.4 or number == 1:
                nail = ellipse((x1, y1), 10.0, 8.0, turn=angle)
                hand.part(nail, mixed(skin, (244.0, 214.0, 206.0), 0.45), soft, 1.3)
            start = (path[0][0] * 0.9, path[0][1] - 18)
            hand.line(
                smooth([start, (start[0] * 0.8, start[1] - 40), (start[0] * 0.5, start[1] - 80)]),
                1.2 + bent,
                mixed(skin, line, 0.22 + 0.3 * bent),
                thin=0.15,
            )
    return GroundTruth(camera_turn_deg=camera_turn)


def draw_spiral(sheet: Sheet, portrait: Portrait, _look: Look, camera_turn: float) -> GroundTruth:
    """A page with a spiral and a line of writing; ``hand_cramp`` makes both shake."""
    shake = max(0.0, min(1.0, portrait.hand_cramp))
    chance = random.Random(f"spiral {portrait.seed} {portrait.jitter}")  # noqa: S311
    _table(sheet)
    _paper(sheet, [(-370.0, -470.0), (370.0, -470.0), (370.0, 470.0), (-370.0, 470.0)])
    places = []
    steps, turns = 420, 4.5
    drift, kick = 0.0, 0.0
    for step in range(steps):
        share = step / steps
        drift = drift * 0.96 + chance.gauss(0, 1.1)
        kick = kick * 0.6 + chance.gauss(0, 1.0)
        angle = share * turns * 2 * math.pi
        radius = 12 + 235 * share + drift * (0.5 + 3.2 * shake) + shake * (11 * math.sin(step * 1.15) + 4 * kick)
        places.append((radius * math.cos(angle) - 5, radius * math.sin(angle) - 140))
    ink: Colour = (44.0, 58.0, 110.0)
    sheet.line(smooth(places, steps=5), 3.0 + 1.6 * shake, ink)
    _writing(sheet, random.Random(f"script {portrait.seed}"), [190.0, 265.0, 340.0], -290.0, 290.0, 0.06 + 0.75 * shake)  # noqa: S311
    for x in (-330.0, 330.0):
        for y in (-430.0, 430.0):
            sheet.line([(x - 12, y), (x + 12, y)], 2.0, (120.0, 120.0, 120.0))
            sheet.line([(x, y - 12), (x, y + 12)], 2.0, (120.0, 120.0, 120.0))
    return GroundTruth(camera_turn_deg=camera_turn)
