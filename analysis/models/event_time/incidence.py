"""Cumulative incidences by group as tables: whole curves, at given times, quantiles, restricted mean times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from analysis.models.event_time.aalen_johansen import Curve, curve, time_lost
from analysis.models.event_time.spells import Spells, spells
from analysis.models.frame import Frame, Library, give_back, grouping
from analysis.models.intervals import normal_quantile
from cohort.errors import UsageError

LIMITS = ("estimate", "se", "low", "high")


@dataclass(frozen=True)
class IncidenceResult:
    """Cumulative incidences. Tables are frames of the kind that was given; `by` is null where no groups were asked for.

    `n_in` and `n_used` count rows before and after incomplete ones were left out, `dropped` in which columns they
    were incomplete; `warnings` are sentences for the reader.
    """

    level: float
    n_in: int
    n_used: int
    dropped: Mapping[str, int]
    warnings: tuple[str, ...]
    _curves: tuple[Curve, ...] = field(repr=False)
    _groups: pl.Series = field(repr=False)
    _kinds: pl.Series = field(repr=False)
    _library: Library = field(repr=False)

    @property
    def curve(self) -> Frame:
        """time, event, by, estimate, se, low, high, at_risk, n_events: a row a kind and time of any event.

        Limits are those of log(-log(estimate)), as with `conf.type="log-log"` in R; null where the estimate is 0
        or 1. A group without any event has one row a kind, at the end of its follow-up.
        """
        return give_back(self._whole(), self._library)

    def at(self, times: Sequence[float]) -> Frame:
        """time, event, by, estimate, se, low, high at given times; null after the end of a group's follow-up."""
        asked = np.asarray(times, dtype=float)
        parts = []
        for place, c in enumerate(self._curves):
            shown = self._rows(place, np.searchsorted(c.times, asked, side="right") - 1, asked)
            known = (asked <= c.last) | (c.free <= 0)
            keep = pl.Series(np.repeat(known, len(self._kinds)))
            parts.append(shown.select("time", "event", "by", pl.when(keep).then(pl.col(*LIMITS))))
        return give_back(pl.concat(parts), self._library)

    def quantile(self, share: float = 0.5) -> Frame:
        """event, by, estimate, low, high: the time by which that share of a group has had the event.

        Null where the curve, or the limit of it that gives the time's limit, never reaches the share (Brookmeyer &
        Crowley 1982, Biometrics 38:29). A curve that is flat at the share gives the middle of the flat, as in R.
        """
        if not 0 < share < 1:
            raise UsageError("MODEL-06", "A share of a group lies between 0 and 1.", "Give share=0.5 for the median.")
        whole = self._whole()
        crossed = {"estimate": "estimate", "low": "high", "high": "low"}
        rows = [
            (kind, level, *(_crossing(part["time"], part[limit], share) for limit in crossed.values()))
            for (level, kind), part in whole.group_by(["by", "event"], maintain_order=True)
        ]
        names = {"event": self._kinds.dtype, "by": self._groups.dtype, **dict.fromkeys(crossed, pl.Float64)}
        return give_back(pl.DataFrame(rows, names, orient="row"), self._library)

    def restricted_mean(self, horizon: float) -> Frame:
        """event, by, estimate, se, low, high: mean time up to the horizon lost to each event.

        The row whose event is null is the restricted mean time free of any event; all rows of a group add up to the
        horizon. Null where a group's follow-up ends before it.
        """
        rows = []
        for place, c in enumerate(self._curves):
            lost, spread, every = time_lost(c, horizon)
            known = horizon <= c.last or c.free <= 0
            found = [
                *zip(self._kinds, lost, np.sqrt(spread), strict=True),
                (None, horizon - lost.sum(), np.sqrt(every)),
            ]
            rows += [(kind, self._groups[place], *((e, se) if known else (None, None))) for kind, e, se in found]
        names = {"event": self._kinds.dtype, "by": self._groups.dtype, "estimate": pl.Float64, "se": pl.Float64}
        half = normal_quantile(self.level) * pl.col("se")
        table = pl.DataFrame(rows, names, orient="row")
        return give_back(
            table.with_columns(low=pl.col("estimate") - half, high=pl.col("estimate") + half), self._library
        )

    def _whole(self) -> pl.DataFrame:
        return pl.concat([self._rows(place, np.arange(len(c.times)), c.times) for place, c in enumerate(self._curves)])

    def _rows(self, place: int, row: np.ndarray, times: np.ndarray) -> pl.DataFrame:
        c, kinds = self._curves[place], len(self._kinds)
        begun = (row >= 0)[:, None]
        p, se = np.where(begun, c.chance[row], 0.0), np.where(begun, np.sqrt(c.variance[row]), 0.0)
        low, high = _limits(p, se, normal_quantile(self.level))
        table = pl.DataFrame(
            {
                "time": np.repeat(times, kinds),
                "event": self._kinds.gather(np.tile(np.arange(kinds), len(times))),
                "by": pl.repeat(self._groups[place], kinds * len(times), dtype=self._groups.dtype, eager=True),
                **dict(zip(LIMITS, (p.ravel(), se.ravel(), low.ravel(), high.ravel()), strict=True)),
                "at_risk": np.repeat(c.at_risk[row], kinds).astype(np.int64),
                "n_events": c.events[row].ravel().astype(np.int64),
            }
        )
        return table.with_columns(pl.col("low", "high").fill_nan(None))


def incidence(
    frame: Frame, time: str, event: str, entry: str | None = None, by: str | None = None, level: float = 0.95
) -> IncidenceResult:
    """Cumulative incidence of every kind of event, by group: the whole result, of which `curve` is the table.

    `time` is when watching stopped, in any unit; `event` how: 0, false or `censored` if nothing had happened, else
    the kind of event, of which there may be any number. `entry` is when watching began, for those who came late.
    At equal times events come before censoring, and whoever enters at a time is not at risk at it.

    Raises UsageError: MODEL-01 to -05 (frame), -06 (level), -15 (roles), -40 (no event), -41 (negative follow-up),
    -42 (entry not before exit).
    """
    normal_quantile(level)
    ends = spells(frame, time, event, entry, [by] if by else [])
    rows = ends.complete.rows
    groups = grouping(rows, by) if by else None
    codes = groups.codes if groups else np.zeros(rows.height, dtype=np.int32)
    levels = groups.levels if groups else pl.Series([None], dtype=pl.String)
    curves = tuple(
        curve(ends.entry[of], ends.exit[of], ends.kind[of], len(ends.kinds)) for of in _members(codes, len(levels))
    )
    return IncidenceResult(
        level=level,
        n_in=ends.complete.n_in,
        n_used=ends.complete.n_used,
        dropped=ends.complete.dropped,
        warnings=tuple(_warnings(ends, curves)),
        _curves=curves,
        _groups=levels,
        _kinds=pl.Series(ends.kinds),
        _library=ends.complete.library,
    )


def _members(codes: np.ndarray, groups: int) -> list[np.ndarray]:
    if groups == 1:
        return [np.arange(len(codes))]
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.searchsorted(codes[order], np.arange(1, groups)))


def _limits(p: np.ndarray, se: np.ndarray, z: float) -> tuple[np.ndarray, np.ndarray]:
    inner = np.where((p > 0) & (p < 1), p, np.nan)
    with np.errstate(invalid="ignore", over="ignore"):
        half = z * se / (inner * np.log(inner))
        middle = np.log(-np.log(inner))
        return np.exp(-np.exp(middle - half)), np.exp(-np.exp(middle + half))


def _crossing(times: pl.Series, limit: pl.Series, share: float) -> float | None:
    # A limit is null while the estimate is 0: it has not reached the share there. R's slack for equality.
    slack, curve = 1.5e-8, limit.fill_null(0.0).to_numpy()
    reached = np.flatnonzero(curve >= share - slack)
    if not len(reached):
        return None
    first = reached[0]
    beyond = np.flatnonzero(curve > share + slack)
    if abs(curve[first] - share) <= slack and len(beyond):
        return float((times.item(int(first)) + times.item(int(beyond[0]))) / 2)
    return float(times.item(int(first)))


def _warnings(ends: Spells, curves: Sequence[Curve]) -> list[str]:
    complete = ends.complete
    emptied = sum(c.emptied for c in curves)
    none = sum(not c.events.any() for c in curves)
    said = {
        **dict.fromkeys(complete.said, True),
        f"In {none} of {len(curves)} groups no event happened: chance 0, with no interval.": none,
        f"In {emptied} of {len(curves)} groups everybody at risk early on had an event before others entered: their "
        "curve says nothing of those. Start at a time when more are at risk.": emptied,
    }
    return [sentence for sentence, holds in said.items() if holds]
