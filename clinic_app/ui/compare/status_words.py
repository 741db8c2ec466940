"""The words for what is shown: the line below the photographs, and the chips in them."""

from __future__ import annotations

from clinic_app.domain.alignment import AlignmentMethod
from clinic_app.domain.comparison import CompareMode
from clinic_app.ui.compare.aligning import Aligner
from clinic_app.ui.compare.chrome import percent
from clinic_app.ui.compare.loading import Loader
from clinic_app.ui.compare.looks import Grid
from clinic_app.ui.compare.reading import Reading
from clinic_app.ui.compare.stage import Stage
from clinic_app.wording.language import translate
from clinic_app.wording.pictures import pair_reason_words

Shown = tuple[int | None, int | None]
"""The photographs in A and B."""


class StatusWords:
    """Says what is shown, of the stage, of what is loaded and of how it is aligned."""

    def __init__(self, stage: Stage, loader: Loader, aligner: Aligner) -> None:
        self._stage, self._loader, self._aligner = stage, loader, aligner

    def chips(self, shown: Shown) -> tuple[str, ...]:
        """What must not be overlooked in any photograph."""
        chips = []
        lacking = self._stage.lacking
        alone = self._stage.mode.composed and len(lacking) == 1
        if alone:
            (missing,) = lacking
            words = translate("Only {shown}: {missing} cannot be shown")
            if shown["AB".index(missing)] is None:
                words = translate("Only {shown}: there is no photo for {missing}")
            chips.append(words.format(shown="B" if missing == "A" else "A", missing=missing))
        if self._aligner.head_turned(*shown):
            chips.append(translate("Head turned: compare with care"))
        if self._stage.looks.match_exposure:
            chips.append(translate("Exposure matched"))
        if self._stage.mode is CompareMode.DIFFERENCE and not alone:
            gain = self._stage.mix.gain
            strength = translate(" · ×{gain}").format(gain=gain) if gain > 1 else ""
            chips.append(translate("Difference: also shows light and pose") + strength)
        return tuple(chips)

    def parts(self, reading: Reading, shown: Shown) -> list[str]:
        """Why this pair, how it lies, how large it is and what the mode does."""
        parts = []
        pair = reading.answer.pair
        a, b = (reading.entry(one) for one in shown)
        lacking = self._stage.lacking
        unread = [letter for letter, one in zip("AB", shown, strict=True) if one is not None and letter in lacking]
        if unread:
            parts += [translate("{letter}: {words}").format(letter=one, words=lacking[one]) for one in unread]
        elif shown == reading.automatic:
            parts.append(pair_reason_words(pair))
        elif a is not None and b is not None:
            parts.append(translate("Chosen by hand"))
            same = a.picture.view == b.picture.view
            parts.append(translate("same view") if same else translate("different views: compare with care"))
        if a is not None and b is not None and not unread:
            parts.append(self._alignment_words(shown))
        pane = self._stage.active
        if pane.has_picture:
            parts.append(percent(pane.scale))
        if not (lacking and self._stage.mode.composed):
            parts += self._mode_words()
        if self._stage.looks.grid is Grid.RINGS and (letters := self._stage.without_rings):
            words = translate("pupils not seen in {letters}: rings about the middle")
            parts.append(words.format(letters=" + ".join(letters)))
        if self._stage.unmeasured:
            words = translate("no iris measured in {letters}: not at the same millimetres")
            parts.append(words.format(letters=" + ".join(self._stage.unmeasured)))
        if not self._stage.linked:
            parts.append(translate("panes move separately"))
        return parts

    def _alignment_words(self, shown: Shown) -> str:
        """``aligned, B rotated 1.6°, 118 %``."""
        if not self._aligner.together(*shown):
            return translate("not aligned")
        b = self._loader.shown["B"]
        if b is None or b.placed is None:
            return translate("aligned")
        a = self._loader.shown["A"]
        by = b.placed if a is None or a.placed is None else b.placed.then(a.placed.inverse())
        words = translate("aligned, B turned {degrees}° and {percent} % of A")
        degrees = f"{round(by.rotation, 1) + 0.0:.1f}".replace("-", "−")
        told = words.format(degrees=degrees, percent=f"{by.scale * 100:.0f}")
        lies = [one.alignment for id_ in shown if id_ is not None and (one := self._aligner.of(id_)) is not None]
        methods = [one.method for one in lies]
        if AlignmentMethod.AUTOMATIC in methods:
            told = translate("{told}, automatic").format(told=told)
        elif AlignmentMethod.REFINED in methods:
            told = translate("{told}, refined").format(told=told)
        elif any(one.points for one in lies):
            told = translate("{told}, by points").format(told=told)
        if AlignmentMethod.REFERENCE not in methods:
            return told
        letter = "AB"[methods.index(AlignmentMethod.REFERENCE)]
        return translate("{told}; {letter} is the reference of this view").format(told=told, letter=letter)

    def _mode_words(self) -> list[str]:
        mix = self._stage.mix
        match self._stage.mode:
            case CompareMode.BLEND:
                return [translate("{percent} % of B").format(percent=round(mix.blend * 100))]
            case CompareMode.BLINK if not mix.flipping:
                return [translate("press 4 to flip")]
            case CompareMode.BLINK:
                return [translate("flips {hertz}× a second").format(hertz=f"{mix.hertz:g}")]
            case _:
                return []
