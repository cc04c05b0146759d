"""Which codes authorities give to what young people do: the variety within each state (NCCIS)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from cohort.schema.codes.activity import ACTIVITY
from synthetic.after_16.states import State
from synthetic.chance import Floats, Truths, Whole

CODES: Final = tuple(code.code for code in ACTIVITY.codes)
PLACE: Final = {code: place for place, code in enumerate(CODES)}

OF_STATE: Mapping[State, Mapping[str, float]] = {
    State.SIXTH_FORM: {"210": 1.0},
    State.FURTHER: {"230": 0.90, "250": 0.06, "270": 0.04},
    State.SPECIALIST: {"210": 0.60, "280": 0.40},
    State.APPRENTICESHIP: {"310": 1.0},
    State.TRAINING: {"450": 0.55, "530": 0.20, "430": 0.15, "410": 0.10},
    State.HIGHER: {"240": 1.0},
    State.WORK: {
        "330": 0.42,
        "320": 0.14,
        "340": 0.22,
        "360": 0.14,
        "380": 0.06,
        "381": 0.01,
        "550": 0.01,
    },
    State.TEMPORARY: {"350": 1.0},
    State.SEEKING: {"619": 0.62, "610": 0.24, "616": 0.06, "615": 0.04, "540": 0.04},
    State.UNAVAILABLE: {
        "640": 0.47,
        "630": 0.15,
        "670": 0.12,
        "680": 0.10,
        "650": 0.07,
        "620": 0.07,
        "660": 0.02,
    },
    State.CUSTODY: {"290": 1.0},
}
"""State → codes and their shares among its stints."""
NOT_KNOWN: Mapping[str, float] = {"810": 0.72, "820": 0.16, "830": 0.12}
SPECIALIST_SCHOOL_MONTHS: Final = 36
"""Months after year 11 in which a specialist setting may be a special school: to 19."""


def codes_of(state: Whole, luck: Floats) -> Whole:
    """A code of each state, as an index into CODES, by uniform luck."""
    code = np.zeros(len(state), dtype=np.int64)
    for each, shares in OF_STATE.items():
        row = np.flatnonzero(state == each)
        code[row] = _picked(shares, luck[row])
    return code


def not_known_codes(luck: Floats) -> Whole:
    """A code of not being known, as an index into CODES, by uniform luck."""
    return _picked(NOT_KNOWN, luck)


def _picked(shares: Mapping[str, float], luck: Floats) -> Whole:
    edges = np.cumsum(list(shares.values()))
    place = np.searchsorted(edges[:-1] / edges[-1], luck, side="right")
    return np.array([PLACE[code] for code in shares])[place]


def fitting(code: Whole, college: Truths, adult: Truths, old: Truths, has_plan: Truths, male: Truths) -> Whole:
    """The codes, each that does not fit a person in favour of one that does. `college`: in a sixth form college;
    `adult`: 18 or more; `old`: past the age for special schools."""
    swaps: tuple[tuple[Truths, str, str], ...] = (
        (college, "210", "220"),
        (adult, "290", "710"),
        (adult, "616", "615"),
        (old, "210", "280"),
        (male, "650", "640"),
        (male, "630", "680"),
        *((has_plan, trainee, "460") for trainee in OF_STATE[State.TRAINING]),
    )
    for where, wanted, instead in swaps:
        code = np.where(where & (code == PLACE[wanted]), PLACE[instead], code)
    return code
