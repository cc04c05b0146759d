"""Natural cubic splines in age: cubic between knots, straight beyond the first and last (Hastie et al. 2009, 5.2.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cohort.errors import UsageError


@dataclass(frozen=True)
class Spline:
    """Knots in order, the first and the last at the ends of the data; two make a straight line."""

    knots: tuple[float, ...]

    @property
    def width(self) -> int:
        """Columns of the basis, the intercept not among them."""
        return len(self.knots) - 1

    def at(self, age: np.ndarray) -> np.ndarray:
        """The basis (ages × width): age itself, then a bend for each knot within, on an age from 0 to 1."""
        span = self.knots[-1] - self.knots[0]
        x = (np.asarray(age, dtype=float) - self.knots[0]) / span
        inner = (np.array(self.knots) - self.knots[0]) / span

        def bend(knot: float) -> np.ndarray:
            return (np.maximum(x - knot, 0) ** 3 - np.maximum(x - 1, 0) ** 3) / (1 - knot)

        last = bend(float(inner[-2]))
        return np.column_stack([x, *(bend(float(knot)) - last for knot in inner[:-2])])


def spline(age: np.ndarray, knots: Sequence[float] | None) -> Spline:
    """The spline with these knots within, or with as many as the ages that were seen can carry.

    Up to three ages carry a line, up to six one knot, more two. Raises UsageError MODEL-85.
    """
    seen = np.unique(age)
    if len(seen) < 2:
        raise UsageError("MODEL-85", "Everybody was seen at one age: nothing can grow.", "Give more than one age.")
    if knots is None:
        inside = 0 if len(seen) <= 3 else 1 if len(seen) <= 6 else 2
        knots = [float(np.quantile(seen, (place + 1) / (inside + 1))) for place in range(inside)]
    places = sorted(map(float, knots))
    wrong = {
        "A knot lies outside the ages that were seen.": any(not seen[0] < k < seen[-1] for k in places),
        "Two knots lie at one age.": len(set(places)) < len(places),
        f"{len(places)} knots need more ages than the {len(seen)} that were seen.": len(places) + 2 > len(seen),
    }
    for sentence, holds in wrong.items():
        if holds:
            raise UsageError("MODEL-85", sentence, "Give fewer knots, each between the first and the last age.")
    return Spline((float(seen[0]), *places, float(seen[-1])))
