"""Disclosure policies: thresholds as data.

Sources: the five safes; the UK *Handbook on Statistical Disclosure Control for Outputs* (counts under 10, at
least 10 residual degrees of freedom); DfE practice for pupil figures (rounding).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cohort.errors import UsageError


@dataclass(frozen=True)
class Policy:
    """What may be seen. Counts under `threshold` are withheld, the rest rounded to `rounding`.

    `invented_only`: complementary suppression is not built yet, so that figures of real children, whose totals
    would give withheld cells away, are refused. `published_only`: figures already published pass unchanged.
    """

    name: str
    sentence: str
    threshold: int = 10
    rounding: int = 5
    residual_df: int = 10
    invented_only: bool = True
    published_only: bool = False


POLICIES: Mapping[str, Policy] = {
    policy.name: policy
    for policy in (
        Policy("publication", "For everybody: counts under 10 withheld, the rest rounded to 5."),
        Policy("research", "For researchers: counts under 10 withheld, the rest rounded to 5."),
        Policy(
            "public",
            "Figures that somebody already published, unchanged, with their source.",
            threshold=0,
            rounding=1,
            invented_only=False,
            published_only=True,
        ),
    )
}


def policy_named(name: str) -> Policy:
    """The policy of that name. Raises UsageError where there is none: without a policy nothing is released."""
    try:
        return POLICIES[name]
    except KeyError:
        raise UsageError("POLICY-01", f"There is no policy {name!r}.", f"Policies: {', '.join(POLICIES)}.") from None
