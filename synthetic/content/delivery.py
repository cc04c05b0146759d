"""What was delivered of each line in each term, and what the records say of it.

Each plan has a share of its own, drawn around what its authority delivers; each line in each term has one around that.
Of hours due, the mean share delivered in an authority is `places.delivers`. Records err by a factor for each plan, lack
weeks, or are not there at all: and then nothing is known, which is not the same as nothing delivered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from synthetic.chance import Floats, Truths, Whole, chosen, generator
from synthetic.content.catalogue import IN_YEAR, KINDS, THERAPY
from synthetic.content.lines import Lines
from synthetic.content.planted import Content
from synthetic.content.ways import ways
from synthetic.lives import Lives

TERMS = ("AUT", "SPR", "SUM")
FIRST_DAYS = ((-1, 9, 1), (0, 1, 4), (0, 4, 15))
"""Year after that of the school year's end, month and day on which each term begins."""
WEEKS = np.array([14, 12, 12])
FULL = 0.95
"""Share of the hours due from which a line is said to have been delivered in full."""
REASONS = {"VAC": 0.24, "ABS": 0.22, "CHI": 0.20, "DEC": 0.06, "WAI": 0.08, "FUN": 0.08, "OTH": 0.07, "UNK": 0.05}
OF_THERAPIES = {"VAC": 0.32, "ABS": 0.12, "CHI": 0.12, "DEC": 0.05, "WAI": 0.26, "FUN": 0.06, "OTH": 0.04, "UNK": 0.03}


@dataclass(frozen=True)
class Delivery:
    """Of a school year: arrays over versions told (rows), KINDS (columns) and TERMS.

    `is_told`: the line is due in the term, or would be were the child at school; `is_due`: it is. `due` and
    `delivered`: hours, 0 where a line states none. `share`: delivered of what was due. `is_recorded`, `weeks` for which
    a record was kept, and `recorded` hours: what the log says.
    """

    is_told: Truths
    is_due: Truths
    due: Floats
    share: Floats
    is_recorded: Truths
    weeks: Whole
    recorded: Floats

    @property
    def delivered(self) -> Floats:
        """Hours delivered, whether or not anybody recorded them."""
        return self.due * self.share


def first_day(year: int, term: int) -> date:
    """The day on which a term of the school year that ends in `year` begins."""
    after, month, day = FIRST_DAYS[term]
    return date(year + after, month, day)


def own_shares(lives: Lives, held: pl.DataFrame, planted: Content) -> Floats:
    """The share of its specified provision that comes to each plan in each span (rows of `held`)."""
    mean = lives.places["delivers"].to_numpy()[held["place"].to_numpy()]
    rng = generator(lives.seed, "delivery to plans")
    return rng.beta(mean * planted.same_plan, (1 - mean) * planted.same_plan)


def delivery(told: pl.DataFrame, lines: Lines, lives: Lives, planted: Content, year: int) -> Delivery:
    """What came in the school year that ends in `year` of the versions in `told`: those of a plan in whose span the
    term begins. Needs position, place, stay_row, issued_date, next_date, entered_date, left_date, kind, own_share."""
    stands = np.stack([_stands(told, first_day(year, term)) for term in range(len(TERMS))], axis=1)
    is_told = lines.is_there[:, :, None] & stands[:, None, :]
    is_due = is_told & (told["kind"] != "none").to_numpy()[:, None, None]
    hours = lines.hours * lines.is_quantified * np.array([kind.sessions for kind in KINDS])
    due = is_due * hours[:, :, None] * _times()
    share = _share(told, lives, planted, year)
    is_recorded, weeks = _records(told, lives, planted, year)
    error = _log_errors(lives, planted)[told["stay_row"].to_numpy()]
    recorded = due * share * (weeks / WEEKS) * error[:, None, None]
    return Delivery(
        is_told=is_told,
        is_due=is_due,
        due=due,
        share=share,
        is_recorded=is_recorded,
        weeks=weeks * is_recorded,
        recorded=recorded * is_recorded,
    )


def _stands(told: pl.DataFrame, day: date) -> Truths:
    """Which versions stand on a day, in an authority that holds the plan."""
    stands = (pl.col("issued_date") <= day) & (pl.col("next_date").is_null() | (pl.col("next_date") > day))
    here = (pl.col("entered_date") <= day) & (pl.col("left_date").is_null() | (pl.col("left_date") > day))
    return told.select(stands & here).to_series().to_numpy()


def _times() -> Floats:
    """How often the period of each kind of line comes in each term."""
    parts = {"W": WEEKS, "M": np.full(3, IN_YEAR["M"] / 3), "T": np.ones(3), "O": np.zeros(3)}
    return np.array([parts[kind.period] for kind in KINDS], dtype=float)


def _lots(name: str, lives: Lives, year: int) -> Floats:
    """A lot from 0 to 1 for each plan, kind of line and term of a school year."""
    rng = generator(lives.seed, f"{name} {year}")
    return rng.random((len(lives.plans), len(KINDS), len(TERMS)), dtype=np.float32)


def _share(told: pl.DataFrame, lives: Lives, planted: Content, year: int) -> Floats:
    """The share of each line in each term: nothing, all, or between them, with the plan's own share as mean."""
    own = told["own_share"].to_numpy()[:, None, None].astype(np.float32)
    lot = _lots("delivered", lives, year)[told["position"].to_numpy()]
    nothing, full = planted.not_at_all * (1 - own), planted.in_full * own
    between = np.maximum(1 - nothing - full, 1e-6)
    mean = np.clip((own - full) / between, 1e-6, 1 - 1e-6)
    # A power of a uniform has any mean between 0 and 1, and is a beta distribution.
    part = np.clip((lot - nothing) / between, 0, 1) ** ((1 - mean) / mean)
    return np.where(lot < nothing, 0, np.where(lot > 1 - full, 1, part))


def _records(told: pl.DataFrame, lives: Lives, planted: Content, year: int) -> tuple[Truths, Whole]:
    """Of which lines and terms there is a record, and for how many weeks it was kept."""
    position = told["position"].to_numpy()
    missing = ways(lives, planted)["not_recorded"].to_numpy()[told["place"].to_numpy()]
    is_recorded = _lots("recorded", lives, year)[position] >= missing[:, None, None]
    kept = _lots("weeks recorded", lives, year)[position]
    part = np.clip(kept / (1 - planted.whole_log), 0, 1)
    return is_recorded, np.maximum(np.ceil(part * WEEKS), 1).astype(np.int64)


def _log_errors(lives: Lives, planted: Content) -> Floats:
    """The factor by which the log of each plan errs in each span, 1 on average."""
    spread = np.sqrt(np.log1p(planted.log_error**2))
    n = int(lives.episodes["plan"].is_not_null().sum())
    return np.exp(spread * generator(lives.seed, "errors of logs").standard_normal(n) - spread**2 / 2)


def statuses(delivery: Delivery) -> Whole:
    """What the record says of each line and term: index into STATUSES."""
    known = np.select(
        [delivery.share >= FULL, delivery.share > 0], [STATUSES.index("D"), STATUSES.index("P")], STATUSES.index("N")
    )
    told = np.where(delivery.is_recorded, known, STATUSES.index("NR"))
    return np.where(delivery.is_due, told, STATUSES.index("NA"))


STATUSES = ("D", "P", "N", "NR", "NA")


def reasons(kind: Whole, seed: int, year: int) -> Whole:
    """A reason for each shortfall of a school year, by the kind of line (index): index into REASONS."""
    rng = generator(seed, f"reasons for shortfalls {year}")
    usual, therapies = (chosen(rng, list(shares.values()), len(kind)) for shares in (REASONS, OF_THERAPIES))
    scarce = np.array([kind.profession in THERAPY for kind in KINDS])
    return np.where(scarce[kind], therapies, usual)
