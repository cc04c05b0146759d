"""Few clusters: the plain cluster-robust interval must fail, CR2 and the wild bootstrap must hold.

An exposure of authorities (skewed, as sizes and rates of authorities are) with no effect of its own beyond the
planted one, children of one authority alike, authorities of uneven size.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.models import robust
from tests.proving import Found, in_worlds, recovery

EFFECT = 0.2


@cache
def world(seed: int, clusters: int) -> pl.DataFrame:
    rng = np.random.default_rng([25, clusters, seed])
    size = np.maximum(rng.lognormal(3.0, 0.5, clusters), 5).astype(int)
    group = np.repeat(np.arange(clusters), size)
    exposure = rng.lognormal(0, 0.6, clusters)[group]
    prior = rng.normal(size=len(group))
    y = EFFECT * exposure + 0.5 * prior + rng.normal(0, 0.4, clusters)[group] + rng.normal(size=len(group))
    return pl.DataFrame({"y": y, "exposure": exposure, "prior": prior, "g": group})


def once(seed: int, clusters: int, errors: Any) -> Found:
    result = robust.fit(world(seed, clusters), "y", ["exposure", "prior"], cluster="g", errors=errors, draws=499)
    row = result.coefficients.row(1, named=True)
    return Found(row["estimate"], row["se"], row["low"], row["high"], EFFECT)


def study(clusters: int, errors: Any, worlds: int) -> Any:
    name = {"cr1": "plain cluster-robust t", "cr2": "CR2, Satterthwaite", "wild": "wild bootstrap"}[errors]
    return recovery("A18", f"{clusters} clusters", name, worlds, lambda seed: once(seed, clusters, errors))


@pytest.mark.parametrize(("clusters", "below"), [(6, 0.90), (10, 0.92), (20, 0.94)])
@in_worlds
def test_plain_cluster_robust_intervals_are_too_narrow(clusters: int, below: float, worlds: int) -> None:
    study(clusters, "cr1", worlds).fails(coverage_below=below)


@pytest.mark.parametrize("errors", ["cr2", "wild"])
@pytest.mark.parametrize("clusters", [6, 10, 20])
@in_worlds
def test_cr2_and_the_wild_bootstrap_hold(clusters: int, errors: str, worlds: int) -> None:
    # With six or ten authorities and a skewed exposure CR2's intervals cover 97 %, in 5,000 worlds: too wide, not too
    # narrow (Imbens & Kolesár 2016, Rev. Econ. Stat. 98:701, find the same).
    study(clusters, errors, worlds).holds(calibrated=False, cautious=errors == "cr2")
