"""Sentences about the demo clinic."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "not_a_demo": "{folder} holds a real clinic: invented patients are never put there. Choose a folder for a demo.",
    "demo_not_empty": "The demo clinic in {folder} has patients already. Choose another folder for a new one.",
    "bad_demo_size": "The number of patients of a demo clinic cannot be {patients}. Choose 1 to {most}.",
    "filling_demo": "Inventing patients for the demo clinic…",
    "drawing_demo_pictures": "Drawing photographs of the invented patients…",
}
