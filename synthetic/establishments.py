"""Schools and colleges of an invented England, as a register of establishments has them.

Every number that an authority's schools and colleges may bear is there, whether or not anybody goes: a register is no
count of pupils. What each is follows from its number, by the spans of `synthetic.provision`.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from synthetic.chance import Texts, Whole
from synthetic.fakes import FIRST_UKPRN, FIRST_URN, SCHOOLS_EACH
from synthetic.provision import ALTERNATIVE, COLLEGES, SCHOOLS, SECOND, SPECIAL
from synthetic.window import FIRST_PLANS

COLLEGE = (ALTERNATIVE[1], ALTERNATIVE[1] + COLLEGES)
"""The numbers of an authority's colleges, after its schools."""
NON_MAINTAINED, INDEPENDENT = SPECIAL[1] - 4, SPECIAL[1] - 3
"""The special schools from which on they are not maintained, and independent."""
SIXTH_FORM, SPECIALIST = COLLEGE[1] - 3, COLLEGE[1] - 1
"""The colleges from which on they are sixth form colleges, and specialist ones."""
TYPES = (
    *((0, "MS"), (SPECIAL[0], "SS"), (NON_MAINTAINED, "NM"), (INDEPENDENT, "IS"), (SECOND[0], "MS")),
    *((ALTERNATIVE[0], "AP"), (COLLEGE[0], "FE"), (SIXTH_FORM, "SF"), (SPECIALIST, "SP")),
)
"""From which number on an establishment is of which type (code list `establishment_type`)."""
PHASES = (
    *((0, "NS"), (SCHOOLS["primary"][0], "PS"), (SCHOOLS["secondary"][0], "SS"), (SPECIAL[0], "SP")),
    *((SECOND[0], "AT"), (ALTERNATIVE[0], "PR"), (COLLEGE[0], "NO")),
)
"""From which number on it is of which phase (code list `establishment_phase`)."""


def establishments(places: pl.DataFrame) -> pl.DataFrame:
    """The columns of `establishment_period` but for SEN units and resourced provision, a row each, by urn; under the
    authorities as they stand at the end of the window."""
    number = np.tile(np.arange(COLLEGE[1]), len(places))
    place = np.repeat(np.arange(len(places)), COLLEGE[1])
    register = places["register"].to_numpy()[place]
    ukprn = pl.Series((FIRST_UKPRN + register * COLLEGES + number - COLLEGE[0]).astype(str))
    return pl.DataFrame(
        {
            "urn": (FIRST_URN + register * SCHOOLS_EACH + number).astype(str),
            "from_date": np.full(len(number), FIRST_PLANS),
            "ukprn": pl.select(pl.when(pl.Series(number >= COLLEGE[0])).then(ukprn)).to_series(),
            "name": pl.select(pl.format("{}, no. {}", places["name"].gather(place), pl.Series(number))).to_series(),
            "authority_code": places["authority_code"].gather(place),
            "establishment_type_code": _by_number(TYPES, number),
            "establishment_phase_code": _by_number(PHASES, number),
        }
    ).sort("urn")


def _by_number(codes: tuple[tuple[int, str], ...], number: Whole) -> Texts:
    """The code from whose first number on each number lies."""
    first = [low for low, _ in codes]
    return np.array([code for _, code in codes])[np.searchsorted(first, number, side="right") - 1]
