"""What a likelihood's curvature says of its coefficients, and of which it says nothing.

Where a column foretells an event, its coefficient runs away and the search stops when nothing more is gained: the
figure means nothing, and only its flat curvature shows it. Columns are standardised, so that one bound serves all.
"""

from __future__ import annotations

import numpy as np

FAINT = 1e-9
"""Share of the largest curvature below which there is none."""

WIDE = 4.0
"""A standard error, per standard deviation of a column, that says the coefficient could be anything."""


def inverse(information: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The inverse (q × q), nought in directions without curvature, and which coefficients (q) are unknown."""
    if not len(information):
        return information, np.zeros(0, dtype=bool)
    values, vectors = np.linalg.eigh(information)
    flat = values <= FAINT * max(values[-1], 1e-300)
    found = (vectors[:, ~flat] / values[~flat]) @ vectors[:, ~flat].T
    unknown = (np.sqrt((vectors[:, flat] ** 2).sum(1)) > 0.1) | (np.diag(found) > WIDE**2)
    return found, unknown
