"""What a person should know once, although nothing was refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """``code`` names the sentence (``wording.sentences.sentence``), ``params`` fill its blanks."""

    code: str
    params: Mapping[str, object]
