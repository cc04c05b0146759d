"""Advice for assessments: sought within a week of the decision to assess, due six weeks later.

Whether it comes in time is drawn by profession and authority. What comes late comes before the decision that it is for,
or never: so the share in time is the planted one, and the rest is late or not received.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from synthetic.ages import age_on
from synthetic.assessing.planted import Assessing
from synthetic.chance import Days, Floats, Truths, Whole, generator
from synthetic.content.holders import of_children
from synthetic.lives import Lives
from synthetic.process import logistic

SIX_WEEKS = 42
ASKED: dict[str, tuple[float, dict[str, float], int]] = {
    "PA": (1.0, {}, 0),
    "CY": (0.55, {}, 11),
    "SC": (0.97, {}, 0),
    "EP": (1.0, {}, 0),
    "PAED": (0.94, {}, 0),
    "SW": (0.90, {}, 0),
    "SLT": (0.30, {"SLCN": 0.95, "ASD": 0.8, "DS": 0.95, "SLD": 0.8, "PMLD": 0.8}, 0),
    "OT": (0.15, {"PD": 0.8, "ASD": 0.35, "PMLD": 0.8}, 0),
    "CAMHS": (0.05, {"SEMH": 0.4, "ASD": 0.15}, 5),
    "QTVI": (0.0, {"VI": 1.0, "MSI": 1.0}, 0),
    "TOD": (0.0, {"HI": 1.0, "MSI": 1.0}, 0),
    "CA": (0.75, {}, 14),
}
"""Profession → share of assessments in which it is asked, where that differs by type of need, and from which age:
SEND Regulations 2014, regulation 6(1)."""
PROFESSIONS = tuple(ASKED)
PROMPT = 7
"""Days from the decision in which advice is asked for."""
QUICK = 10
"""Days in which nobody answers."""


def on_time(lives: Lives, planted: Assessing) -> Floats:
    """The planted share of advice within six weeks: places (rows) by PROFESSIONS (columns)."""
    usual = np.array([planted.on_time[name] for name in PROFESSIONS])
    own = generator(lives.seed, "advice to authorities").normal(0, planted.on_time_authority_sd, len(lives.places))
    effect = planted.on_time_authority * lives.places["timeliness"].to_numpy() + own
    return logistic(np.log(usual / (1 - usual))[None, :] + effect[:, None])


def advice(lives: Lives, planted: Assessing) -> pl.DataFrame:
    """A row for each profession whose advice an assessment rests on, drawn to its end: place, child, birth_date,
    request_received_date, profession_code, sought_date, due_date (null where earlier advice is used), received_date
    (null where none comes), is_unknown (nothing is known of the child), is_exception, decided_date (assessing was
    decided), ended_date (the assessment ended)."""
    begun = lives.episodes.filter(pl.col("outcome_code") == "Y", pl.col("assessed_date").is_not_null())
    begun = begun.hstack(of_children(lives, begun["child"], "birth_date", "need_code"))
    case, profession = np.nonzero(_asked(begun, lives.seed))
    rng = generator(lives.seed, "advice")
    row, n = begun[case], len(case)
    place, decided = row["authority"].to_numpy(), row["outcome_date"].to_numpy()
    ended = row["assessed_date"].to_numpy()
    sought = np.minimum(decided + rng.integers(0, PROMPT, n, endpoint=True), ended)
    in_time = rng.random(n) < on_time(lives, planted)[place, profession]
    earlier = rng.random(n) < planted.earlier
    received = _received(rng, sought, ended, in_time, planted)
    unknown = np.array([planted.unknown.get(name, 0.0) for name in PROFESSIONS])[profession]
    known = pl.Series(~earlier)
    late = pl.Series(~in_time & (rng.random(n) < planted.exception) & ~np.isnat(received))
    return row.select(
        *("child", "birth_date"),
        place="authority",
        request_received_date="received_date",
        decided_date="outcome_date",
        ended_date="assessed_date",
        profession_code=pl.Series(PROFESSIONS).gather(profession),
        sought_date=pl.when(known).then(pl.Series(sought)),
        due_date=pl.when(known).then(pl.Series(sought + SIX_WEEKS)),
        received_date=pl.when(known).then(pl.Series(received)),
        is_earlier=~known,
        is_unknown=known & pl.Series(rng.random(n) < unknown),
        is_exception=known & late,
    ).sort("place", "child", "request_received_date", maintain_order=True)


def _asked(begun: pl.DataFrame, seed: int) -> Truths:
    """Which professions (columns) are asked in each assessment (rows)."""
    need = begun["need_code"]
    usual = [
        need.replace_strict(by, default=share).cast(pl.Float64).to_numpy() if by else np.full(len(need), share)
        for share, by, _ in ASKED.values()
    ]
    age = age_on(begun["birth_date"].to_numpy(), begun["outcome_date"].to_numpy())
    old = age[:, None] >= np.array([since for *_, since in ASKED.values()])
    lots = generator(seed, "who is asked for advice").random((len(begun), len(ASKED)), dtype=np.float32)
    return old & (lots < np.column_stack(usual))


def _received(rng: np.random.Generator, sought: Days, ended: Days, in_time: Truths, planted: Assessing) -> Days:
    """The day on which advice comes: by the end of the assessment, or never."""
    n: Whole = rng.integers(QUICK, SIX_WEEKS, len(sought), endpoint=True)
    soon = np.minimum(sought + n, ended)
    late = sought + SIX_WEEKS + 1 + (7 * rng.exponential(planted.late, len(sought))).astype(np.int64)
    comes = in_time | (late <= ended)
    return np.where(comes, np.where(in_time, soon, late), np.datetime64("NaT", "D"))
