"""How authorities word plans, fund them and keep records of what was delivered: shares that differ between them."""

from __future__ import annotations

import polars as pl

from synthetic.chance import beta, generator
from synthetic.content.planted import Content
from synthetic.lives import Lives


def ways(lives: Lives, planted: Content) -> pl.DataFrame:
    """A row a place: quantified (share of lines that state an amount), band_funded (share of plans), not_recorded
    (share of lines and terms)."""
    rng, n = generator(lives.seed, "ways with plans"), len(lives.places)
    return pl.DataFrame(
        {
            "quantified": beta(rng, planted.quantified, planted.quantified_sd, n),
            "band_funded": beta(rng, planted.band_funded, planted.band_funded_sd, n),
            "not_recorded": beta(rng, planted.not_recorded, planted.not_recorded_sd, n),
        }
    )
