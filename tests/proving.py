"""Recovery studies: what was planted comes back, with the gates that every estimator has to pass.

Aims, data, estimands, methods and performance after Morris, White & Crowther 2019 (Stat. Med. 38:2074). A study is
run over worlds with fixed seeds; each gives an estimate, its standard error, its interval and the truth of that
world. The gates (`shared` methods, verification):

* bias below 3.3 Monte Carlo standard errors, or too small to matter: below a tenth of the empirical standard error;
* coverage of the 95 % interval inside the exact binomial 99.9 % band for the number of worlds;
* mean standard error over empirical standard error in 0.95–1.05 from a thousand worlds on, and within 3.3 of its
  own Monte Carlo standard errors, 1/√(2R), before.

A wrong method has gates of its own: in the planted trap it must fail. Under `make proof` every study writes one
line to the file that COHORT_PROOF_LOG names, and `python -m tests.proving LOG` makes the table of them.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

FAST, LONG = 100, 1_000
FAR = 3.3
"""Monte Carlo standard errors: a right method is farther off once in a thousand studies."""

CAUTIOUS = 0.985
"""The most that an interval may cover whose method is known to be wider than it need be."""

in_worlds = pytest.mark.parametrize("worlds", [FAST, pytest.param(LONG, marks=pytest.mark.slow)])
"""A study in a few worlds for `make test` and in a thousand for `make proof`."""


@dataclass(frozen=True)
class Found:
    """What one world gave. `truth`: the estimand's value there."""

    estimate: float
    se: float
    low: float
    high: float
    truth: float


@dataclass(frozen=True)
class Recovery:
    """How a method did over worlds. `gate`: what was asked of it, in words."""

    analysis: str
    scenario: str
    method: str
    worlds: int
    truth: float
    bias: float
    bias_mcse: float
    empirical_se: float
    se_ratio: float
    coverage: float
    gate: str = ""

    @property
    def band(self) -> tuple[float, float]:
        """Where the coverage of a true 95 % interval lies in 99.9 % of studies of that many worlds."""
        low, high = stats.binom.ppf([0.0005, 0.9995], self.worlds, 0.95) / self.worlds
        return float(low), float(high)

    @property
    def is_unbiased(self) -> bool:
        """Whether the bias is no more than chance, or too small to matter."""
        return abs(self.bias) < FAR * self.bias_mcse or abs(self.bias) < 0.1 * self.empirical_se

    @property
    def covers(self) -> bool:
        """Whether the intervals cover as often as they say."""
        return self.band[0] <= self.coverage <= self.band[1]

    @property
    def is_calibrated(self) -> bool:
        """Whether standard errors are as large as estimates spread."""
        slack = max(0.05, FAR / np.sqrt(2 * self.worlds))
        return abs(self.se_ratio - 1) <= slack

    def holds(
        self, *, covers: bool = True, calibrated: bool = True, cautious: bool = False, within: float | None = None
    ) -> None:
        """Assert the gates of a right method. Leave `calibrated` out where intervals rest on no standard error, and
        `covers` with it where a method promises a right estimate only.

        `cautious`: a method known to cover more than it says passes up to CAUTIOUS. `within`: a method that is right
        to an approximation only may be off by that share of the truth.
        """
        unbiased = "unbiased" if within is None else f"bias within {within:.0%} of the truth"
        asked = {unbiased: True, "covers, or more": covers and cautious, "covers": covers and not cautious}
        asked["calibrated"] = covers and calibrated
        self._enter(", ".join(name for name, is_asked in asked.items() if is_asked))
        assert self.is_unbiased or (within is not None and abs(self.bias) < within * abs(self.truth)), self
        if not covers:
            return
        assert self.covers or (cautious and self.band[0] <= self.coverage <= CAUTIOUS), (self.band, self)
        assert self.is_calibrated or not calibrated, self

    def fails(self, *, coverage_below: float | None = None, bias_above: float | None = None) -> None:
        """Assert that a wrong method falls into the trap: it covers less often, or is farther off, than that."""
        asked = {"coverage below": coverage_below, "bias above": bias_above}
        self._enter("must fail: " + ", ".join(f"{name} {bound}" for name, bound in asked.items() if bound is not None))
        assert coverage_below is not None or bias_above is not None
        assert coverage_below is None or self.coverage < coverage_below, self
        assert bias_above is None or abs(self.bias) > bias_above, self

    def _enter(self, gate: str) -> None:
        _log({**asdict(self), "gate": gate})


@dataclass(frozen=True)
class Gate:
    """A figure over worlds that is no bias or coverage: power, false flags, the width of a rank."""

    analysis: str
    scenario: str
    figure: str
    worlds: int
    found: float
    least: float
    most: float

    @property
    def asked(self) -> str:
        """The demand in words."""
        ends = (f"at least {self.least:.4g}" if np.isfinite(self.least) else "",
                f"at most {self.most:.4g}" if np.isfinite(self.most) else "")  # fmt: skip
        return ", ".join(filter(None, ends))


def gate(
    analysis: str, scenario: str, figure: str, worlds: int, found: float, least: float = -np.inf, most: float = np.inf
) -> None:
    """Assert that a figure lies between its bounds, and enter it in the proof."""
    told = Gate(analysis, scenario, figure, worlds, float(found), float(least), float(most))
    _log(asdict(told))
    assert told.least <= told.found <= told.most, told


def level(analysis: str, scenario: str, figure: str, rejected: list[bool] | np.ndarray, nominal: float = 0.05) -> None:
    """Assert that a test rejects a true null as often as it says, in the binomial 99.9 % band."""
    worlds = len(rejected)
    low, high = stats.binom.ppf([0.0005, 0.9995], worlds, nominal) / worlds
    gate(analysis, scenario, figure, worlds, float(np.mean(rejected)), low, high)


def _log(told: dict[str, object]) -> None:
    log = os.environ.get("COHORT_PROOF_LOG")
    if log:
        with Path(log).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(told) + "\n")


def recovery(analysis: str, scenario: str, method: str, worlds: int, once: Callable[[int], Found]) -> Recovery:
    """Run `once(seed)` in that many worlds. `analysis`: its number in the manual, A1 to A18."""
    found = np.array([[f.estimate, f.se, f.low, f.high, f.truth] for f in map(once, range(worlds))])
    estimate, se, low, high, truth = found.T
    away = estimate - truth
    spread = float(away.std(ddof=1))
    return Recovery(
        analysis,
        scenario,
        method,
        worlds,
        truth=float(truth.mean()),
        bias=float(away.mean()),
        bias_mcse=spread / np.sqrt(worlds),
        empirical_se=spread,
        se_ratio=float(np.sqrt(np.mean(se**2)) / spread),
        coverage=float(np.mean((low <= truth) & (truth <= high))),
    )


def table(log: Path) -> str:
    """The studies of a log as a Markdown table, the longest of each, and its other figures as a second one."""
    longest: dict[tuple[int, str, str], Recovery | Gate] = {}
    for line in log.read_text(encoding="utf-8").splitlines():
        given = json.loads(line)
        told = Gate(**given) if "found" in given else Recovery(**given)
        of = told.figure if isinstance(told, Gate) else told.method
        key = (int(told.analysis.removeprefix("A")), told.scenario, of)
        if key not in longest or longest[key].worlds <= told.worlds:
            longest[key] = told
    kept = [longest[key] for key in sorted(longest)]
    studies, figures = ([told for told in kept if isinstance(told, kind)] for kind in (Recovery, Gate))
    head = "| analysis | scenario | method | worlds | truth | bias (its MCSE) | SE ratio | coverage (band) | gate |\n"
    other = "\n| analysis | scenario | figure | worlds | found | asked |\n|---|---|---|---:|---:|---|\n"
    rows = "".join(map(_row, studies))
    return head + "|---|---|---|---:|---:|---:|---:|---:|---|\n" + rows + other + "".join(map(_line, figures))


def _line(told: Gate) -> str:
    return (
        f"| {told.analysis} | {told.scenario} | {told.figure} | {told.worlds:,} | {told.found:.4g} | {told.asked} |\n"
    )


def _row(r: Recovery) -> str:
    low, high = r.band
    return (
        f"| {r.analysis} | {r.scenario} | {r.method} | {r.worlds:,} | {r.truth:.4g} "
        f"| {r.bias:+.4f} ({r.bias_mcse:.4f}) | {f'{r.se_ratio:.3f}' if r.se_ratio else '–'} "
        f"| {r.coverage:.1%} ({low:.1%}–{high:.1%}) | {r.gate} |\n"
    )


if __name__ == "__main__":
    sys.stdout.write(table(Path(sys.argv[1])))
