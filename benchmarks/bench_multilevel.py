"""A multilevel model of a nation beside R's lmer, and a smaller one beside statsmodels' MixedLM: ratios in one run.

    python benchmarks/bench_multilevel.py [ROWS]

1,000,000 children (or ROWS) with 12 covariates in 20,000 schools in 150 authorities, by REML, against
`lmer(y ~ x1 + … + x12 + (1 | authority) + (1 | school))` in Rscript; demand: at least 10 × faster. A tenth of them,
in a tenth of the schools, against MixedLM with a variance component for schools; demand: at least 50 × faster.
Estimates must agree to 1e-4 of the outcome's scale, which is 1; MixedLM's variances stop farther from the
optimum. Each is timed on its own, frame in memory, without
reading files: `fit` as a user calls it, with coefficients and their errors. Where R or lme4 is absent, that is said.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import polars as pl

from analysis.models import multilevel

ROWS, COVARIATES = 1_000_000, 12
TERMS = [f"x{place}" for place in range(1, COVARIATES + 1)]
LMER = """
suppressMessages({library(lme4); library(jsonlite)})
d <- read.csv("rows.csv", colClasses = c(school = "character", authority = "character"))
took <- system.time(fit <- lmer(y ~ TERMS + (1 | authority) + (1 | school), d))[["elapsed"]]
v <- as.data.frame(VarCorr(fit)); v <- setNames(v$vcov, v$grp)
write_json(list(seconds = took, estimate = unname(fixef(fit)), se = unname(sqrt(diag(as.matrix(vcov(fit))))),
  variance = unname(v[c("authority", "school", "Residual")]), version = as.character(packageVersion("lme4"))),
  "lmer.json", digits = 12, auto_unbox = TRUE)
"""


def children(rows: int, seed: int = 25) -> pl.DataFrame:
    """Rows of children in schools of uneven size; half of the covariates are 0 or 1, two differ between schools."""
    rng = np.random.default_rng(seed)
    schools = rows // 50
    home = rng.integers(0, 150, schools)
    school = rng.choice(schools, rows, p=rng.dirichlet(np.full(schools, 4.0)))
    x = rng.normal(size=(rows, COVARIATES))
    x[:, ::2] = x[:, ::2] > 0.4
    x[:, 1] += rng.normal(0, 0.5, schools)[school]
    x[:, 3] += rng.normal(0, 0.3, 150)[home[school]]
    effects = rng.normal(0, 0.2, schools)[school] + rng.normal(0, 0.1, 150)[home[school]]
    y = x @ np.linspace(-0.3, 0.3, COVARIATES) + effects + rng.normal(0, 0.9, rows)
    names = {"y": y, "school": [f"S{s:06d}" for s in school], "authority": [f"A{a:03d}" for a in home[school]]}
    return pl.DataFrame({**names, **{term: x[:, place] for place, term in enumerate(TERMS)}})


def ours(frame: pl.DataFrame) -> dict[str, object]:
    """Seconds and estimates of `multilevel.fit`."""
    start = time.perf_counter()
    result = multilevel.fit(frame, "y", TERMS, ["authority", "school"])
    table = result.coefficients
    seconds = time.perf_counter() - start
    sizes = {group: float(result._fit.covariance(part.place)[0, 0]) for group, part in result._random.items()}
    residual = (result._fit.sigma * result._fit.model.units.outcome) ** 2
    return {
        "seconds": seconds,
        "estimate": table["estimate"].to_list(),
        "se": table["se"].to_list(),
        "variance": [sizes["authority"], sizes["school"], float(residual)],
    }


def lmer(frame: pl.DataFrame) -> dict[str, object] | None:
    """Seconds and estimates of lme4, or None where there is no R with lme4."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        frame.write_csv(Path(folder) / "rows.csv")
        script = LMER.replace("TERMS", " + ".join(TERMS))
        told = subprocess.run([rscript, "-e", script], cwd=folder, capture_output=True, text=True, check=False)
        answer = Path(folder) / "lmer.json"
        return json.loads(answer.read_text()) if told.returncode == 0 and answer.exists() else None


def mixedlm(frame: pl.DataFrame) -> dict[str, object]:
    """Seconds and estimates of statsmodels: authorities as groups, schools as a variance component within them."""
    from statsmodels.regression.mixed_linear_model import MixedLM

    data = frame.to_pandas()
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = MixedLM.from_formula(
            f"y ~ {' + '.join(TERMS)}", data, groups="authority", vc_formula={"school": "0 + C(school)"}, re_formula="1"
        )
        fit = model.fit(reml=True)
    seconds = time.perf_counter() - start
    terms = ["Intercept", *TERMS]
    return {
        "seconds": seconds,
        "estimate": fit.fe_params[terms].tolist(),
        "se": fit.bse_fe[terms].tolist(),
        "variance": [float(fit.cov_re.iloc[0, 0]), float(fit.vcomp[0]), float(fit.scale)],
    }


def beside(mine: dict, theirs: dict) -> dict[str, object]:
    """The ratio, and the largest difference of estimates, errors and variances."""
    apart = {
        name: float(np.abs(np.subtract(mine[name], theirs[name])).max()) for name in ("estimate", "se", "variance")
    }
    return {
        "seconds": round(mine["seconds"], 2),
        "theirs": round(theirs["seconds"], 2),
        "times faster": round(theirs["seconds"] / mine["seconds"], 1),
        "largest difference": {name: float(f"{value:.2g}") for name, value in apart.items()},
        "estimates same to 1e-4": apart["estimate"] < 1e-4,
    }


def main() -> None:
    """Print the ratios."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    ours(children(20_000))  # what is imported and compiled once is not timed
    nation, tenth = children(rows), children(rows // 10)
    theirs = lmer(nation)
    compared = "R with lme4 is not here: not compared" if theirs is None else beside(ours(nation), theirs)
    print(json.dumps({f"{rows:,} rows beside lmer": compared}), flush=True)
    print(json.dumps({f"{rows // 10:,} rows beside MixedLM": beside(ours(tenth), mixedlm(tenth))}), flush=True)
    print(json.dumps({"load average": os.getloadavg()}))


if __name__ == "__main__":
    main()
