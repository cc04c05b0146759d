"""An effect of provision as tables: the answer by way and by group, what speaks for and against it, its protocol.

Each row rests on the persons of the smaller arm; of a yes/no outcome, on the fewer of those who had it and had it not
in either arm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from analysis.models import causal
from analysis.result import Derived, EstimateTable, Part
from analysis.tried import tried
from analysis.warned import of_model

WAYS = {
    "aipw": "Adjusted, doubly robust",
    "iptw": "Adjusted, by weighting alone",
    "gformula": "Adjusted, by an outcome model alone",
    "naive": "Plain difference: no effect",
}
WHOM = {
    "ate": "all of them",
    "att": "those who had it",
    "ato": "those for whom either was open",
    "none": "as they are",
}
OF_WHOM: dict[str, causal.Estimand] = {"open to both": "ato", "had a plan": "att", "everybody": "ate"}
"""What a reader of an effect of a plan chooses from."""
OF = {"estimate": pl.Float64, "low": pl.Float64, "high": pl.Float64}
KNOTS = 3
GRID = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3)


def behind(frame: pl.DataFrame, outcome: str, arm: str, *, is_binary: bool) -> int:
    """Persons on which a comparison of two arms rests."""
    known = frame.drop_nulls([outcome, arm])
    parts = [known.filter(pl.col(arm) == value) for value in (0, 1)]
    if is_binary:
        parts = [part.filter(pl.col(outcome) == value) for part in parts for value in (0, 1)]
    return min(part.height for part in parts)


def estimates(result: causal.EffectResult | None, n: int, unit: float = 1.0) -> pl.DataFrame:
    """way, whom, estimate, low, high, n; of no result the ways without a figure. `unit` multiplies a difference."""
    if result is None:
        rows = [(way, None, None, None, None, 0) for way in (WAYS["aipw"], WAYS["naive"])]
        return pl.DataFrame(rows, {"way": pl.String, "whom": pl.String, **OF, "n": pl.Int64}, orient="row")
    found = pl.DataFrame(result.estimates)
    return found.select(
        pl.col("method").replace(WAYS).alias("way"),
        pl.col("estimand").replace(WHOM).alias("whom"),
        *(pl.col(c) * unit for c in OF),
        pl.lit(n, pl.Int64).alias("n"),
    )


def diagnostics(result: causal.EffectResult, frame: pl.DataFrame, arm: str) -> tuple[EstimateTable, EstimateTable]:
    """Balance before and after weighting, and how far the arms share the chances of treatment."""
    balance = (
        pl.DataFrame(result.balance)
        .filter(estimand=result.estimand)
        .select("term", pl.col("smd_before").round(3).alias("before"), pl.col("smd_after").round(3).alias("after"))
    )
    sizes = [_of_term(frame, arm, term) for term in balance["term"]]
    bins = pl.DataFrame(result.overlap.bins).filter(pl.max_horizontal("treated", "untreated") > 0)
    ends = [(pl.col(end) * 100).round().cast(pl.Int64) for end in ("low", "high")]
    shared = bins.select(
        pl.format("{} to {} %", *ends).alias("chance"),
        value=pl.col("treated") / (pl.col("treated") + pl.col("untreated")),
        n=pl.min_horizontal("treated", "untreated").cast(pl.Int64),
    )
    alike, open_to = "How alike the arms are, in SD, before and after weighting", "Chance of it, and who had it"
    of = Part.DIAGNOSTIC
    return (
        EstimateTable("balance", alike, balance.with_columns(pl.Series("n", sizes, pl.Int64)), part=of),
        EstimateTable("overlap", open_to, shared, part=of),
    )


def _of_term(frame: pl.DataFrame, arm: str, term: str) -> int:
    """Persons on which a term's balance rests: of a level, those at it or not, in the arm that has fewer."""
    column, _, level = term.removesuffix("]").partition("[")
    if not level:
        return behind(frame, arm, arm, is_binary=False)
    at = frame.with_columns((pl.col(column).cast(pl.String) == level).cast(pl.Int8).alias("at"))
    return behind(at, "at", arm, is_binary=True)


@dataclass(frozen=True)
class Comparison:
    """Two arms of a frame compared on an outcome; a difference of 1 is `times` of the unit in which it is told.

    `settled`: what stands over the control, an outcome that was settled before; empty where there is none.
    """

    frame: pl.DataFrame
    outcome: str
    arm: str
    confounders: Sequence[str]
    times: float = 1.0
    is_binary: bool = False
    settled: str = ""

    @property
    def n(self) -> int:
        """Persons on which the comparison rests."""
        return behind(self.frame, self.outcome, self.arm, is_binary=self.is_binary)

    def tables(
        self, title: str, result: causal.EffectResult | None, control: causal.NegativeControl | None = None
    ) -> tuple[EstimateTable, ...]:
        """The answer; the plain difference and other ways; the control; and where there is a result what speaks for
        and against it."""
        every = estimates(result, self.n, self.times)
        aside = "The plain difference, and other ways to adjust"
        tables = [
            EstimateTable("effect", title, every[:1]),
            EstimateTable("other_ways", aside, every[1:], part=Part.SENSITIVITY),
        ]
        if self.settled:
            tables.append(EstimateTable("control", self.settled, self._control(control), part=Part.DIAGNOSTIC))
        if result is not None:
            tables += [*diagnostics(result, self.frame, self.arm), self._evalue(result.evalue), *self._hidden()]
        return tuple(tables)

    def groups(self, by: str, found: pl.DataFrame) -> pl.DataFrame:
        """Effects by level, in order of name: `by`, estimate, low, high, n."""
        of = {level: part for (level,), part in self.frame.group_by(by)}
        sizes = {level: behind(part, self.outcome, self.arm, is_binary=self.is_binary) for level, part in of.items()}
        n = pl.col(by).replace_strict(sizes, default=0, return_dtype=pl.Int64).alias("n")
        return found.select(pl.col("level").alias(by), *(pl.col(c) * self.times for c in OF)).sort(by).with_columns(n)

    def _control(self, control: causal.NegativeControl | None) -> pl.DataFrame:
        ends = (control.estimate, control.low, control.high) if control else (None, None, None)
        row = {"way": [WAYS["aipw"]], **{name: [end] for name, end in zip(OF, ends, strict=True)}}
        return pl.DataFrame({**row, "n": [self.n if control else 0]}, {"way": pl.String, **OF, "n": pl.Int64})

    def _evalue(self, found: causal.EValue | None) -> EstimateTable:
        points = [found.point, found.interval] if found else [None, None]
        rows = {"to_explain": ["the estimate", "the end of its interval"], "risk_ratio": points, "n": [self.n] * 2}
        frame = pl.DataFrame(rows, {"to_explain": pl.String, "risk_ratio": pl.Float64, "n": pl.Int64})
        title = "E-value: how strongly a hidden confounder must go with both to explain it away"
        return EstimateTable("evalue", title, frame, part=Part.SENSITIVITY)

    def _hidden(self) -> list[EstimateTable]:
        """What a confounder nobody measured would make of it, over a grid of strengths; none if not fitted."""
        found = tried(causal.tipping, self.frame, self.outcome, self.arm, self.confounders, strengths=GRID, knots=KNOTS)
        if found is None:
            return []
        curve = pl.DataFrame(found.curve).filter(pl.col("of_treatment") == pl.col("of_outcome"))
        strength = pl.col("of_treatment").alias("strength")
        told = curve.select(strength, *(pl.col(c) * self.times for c in OF), pl.lit(self.n).alias("n"))
        title = "The estimate, had a confounder been missed that explains this share of what is left of both"
        return [EstimateTable("hidden", title, told, part=Part.SENSITIVITY, dimensions=("strength",))]


def said(result: causal.EffectResult | None) -> tuple[str, ...]:
    """What the model warned of, but that a plain difference is no effect: each study says so in its own words."""
    return of_model(words for words in result.warnings if not words.startswith("The naive")) if result else ()


def told(released: pl.DataFrame) -> tuple[float | None, float | None, float | None]:
    """Estimate and interval in the first row of a released table."""
    return released.select(*OF).row(0)


def plain_difference(released: pl.DataFrame) -> float | None:
    """The plain difference of a released table of other ways."""
    return released.filter(way=WAYS["naive"])["estimate"].item()


def doubt(control: pl.DataFrame) -> str:
    """The sentence that a released control calls for: none where it holds, or could not be made."""
    _, low, high = told(control)
    if low is None or high is None or low <= 0 <= high:
        return ""
    return " But the check that should show nothing shows a difference: do not read this as an effect."


def protocol(given: causal.Protocol) -> Derived:
    """The target trial beside its emulation."""
    title = "The trial that one would have run, and what stands for it"
    return Derived("protocol", title, lambda _: given.table, part=Part.DIAGNOSTIC)
