"""How a pair was compared, taken from the stage to be remembered and put back on it."""

from __future__ import annotations

from clinic_app.domain.comparison import CompareMode, Remembered
from clinic_app.ui.compare.looks import Grid
from clinic_app.ui.compare.stage import Stage


def seen_now(
    stage: Stage,
    pictures: tuple[int | None, ...],
    automatic: tuple[int | None, int | None],
    mode: CompareMode,
) -> Remembered:
    """What is seen now: ``pictures`` by pane, ``automatic`` the pair of the rule they were chosen against."""
    looks, mix = stage.looks, stage.mix
    return Remembered(
        pictures,
        automatic,
        stage.lens,
        stage.links,
        stage.linked,
        mode,
        stage.stacked_by_hand,
        looks.sizing,
        mix.divider,
        mix.level,
        mix.blend,
        int(looks.grid),
        looks.match_exposure,
    )


def put_back(stage: Stage, seen: Remembered) -> None:
    """See photographs as they were seen, but for the mode. A grid nobody knows is none."""
    grid = Grid(seen.grid) if seen.grid in tuple(Grid) else Grid.OFF
    stage.set_looks(grid=grid, sizing=seen.sizing, match_exposure=seen.match_exposure)
    stage.set_mix(divider=seen.divider, level=seen.level, blend=seen.blend)
    stage.put_lens(seen.lens, seen.links, linked=seen.linked, stacked=seen.stacked)
