"""Small charts, drawn as SVG: no script, no request, as sharp as the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: The picture's box, in its own units.
WIDTH, HEIGHT, EDGE = 120, 32, 3


@dataclass(frozen=True)
class Line:
    """A small line: its points, the last one, and the one a week before it."""

    points: str
    last: tuple[int, int]
    week_before: tuple[int, int] | None
    width: int = WIDTH
    height: int = HEIGHT


def line(values: Sequence[int]) -> Line:
    """Draw values, oldest first, from nothing at the bottom to the largest at the top."""
    top = max(*values, 1) if len(values) > 1 else max(values[0], 1)
    steps = max(len(values) - 1, 1)
    spots = [
        (
            EDGE + place * (WIDTH - 2 * EDGE) // steps,
            HEIGHT - EDGE - max(value, 0) * (HEIGHT - 2 * EDGE) // top,
        )
        for place, value in enumerate(values)
    ]
    points = " ".join(f"{across},{down}" for across, down in spots)
    return Line(points, spots[-1], spots[-8] if len(spots) > 7 else None)
