"""The worlds that may be asked for by name: `main`, and switches that each change one thing, alone or together.

`main,delivery,hidden_u=0.25` is the main world with a wider gap between specified and delivered hours, and a hidden
confounder of that strength. A switch is data: which planted parameters it sets, and to what.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import log
from typing import Any

from cohort.errors import UsageError
from synthetic.asking import Policy
from synthetic.parameters import NEEDS
from synthetic.planted import Planted
from synthetic.school_life.schooling import IMMORTAL

Settings = Mapping[str, Any]
NOTHING = dict.fromkeys(NEEDS, 0.0)


@dataclass(frozen=True)
class Switch:
    """One thing that a world may have otherwise. `puts` gives parameters (by path) and their values for a strength."""

    name: str
    sentence: str
    puts: Callable[[float], Settings]
    strength: float = 1.0


def _null(_: float) -> Settings:
    outcomes = {"support": 0.0, "early": 0.0, "plan": NOTHING, "hours": 0.0, "authority_sd": 0.0, "outlier": 0.0}
    process = {"in_time_semh": 0.0, "in_time_age": ((0, 0.0),), "in_time_authority_sd": 0.0}
    beyond = {
        "schooling.absence.breach": 1.0,
        "after_school.into_neet.transition_support": 0.0,
        "after_school.into_neet.need": NOTHING,
        "after_school.into_neet.quality": 0.0,
        "after_school.into_neet.authority_sd": 0.0,
        "after_school.trajectories.for_plans": False,
        "after_school.work.plan": 0.0,
        **{f"schooling.{of}.authority_sd": 0.0 for of in ("absence", "suspensions", "exclusions")},
    }
    return {**{f"childhood.outcomes.{name}": value for name, value in outcomes.items()}, **process, **beyond}


def _hidden(strength: float) -> Settings:
    return {
        "childhood.needs.hidden": strength,
        "childhood.outcomes.hidden": strength / 2,
        "content.hours_hidden": strength / 5,
        "after_school.into_neet.hidden": strength / 2,
    }


def _delivery(strength: float) -> Settings:
    return {"content.log_error": 0.2 * strength, "delivers": 0.7, "delivers_sd": 0.15 * strength}


def _mnar(strength: float) -> Settings:
    return {"schooling.sight.later": -0.5 * strength, "schooling.sight.independent": 0.08}


def _threshold(strength: float) -> Settings:
    return {
        "childhood.asking.authority_sd": 1.4 * strength,
        "childhood.asking.around": 0.0,
        "childhood.outcomes.authority_sd": 0.0,
        "childhood.outcomes.outlier": 0.0,
    }


SWITCHES = {
    switch.name: switch
    for switch in (
        Switch("main", "Everything that confounds is recorded; effects as planted.", lambda _: {}),
        Switch("null", "No effect of provision, delay, authority or policy on anything.", _null),
        Switch("hidden_u", "An unmeasured trait drives plans up and results down, by so many log odds.", _hidden, 0.5),
        Switch(
            "threshold_trap", "Authorities differ in thresholds alone, not in what becomes of children.", _threshold
        ),
        Switch("mnar", "Who does worse later goes out of sight more often, whatever is recorded.", _mnar),
        Switch(
            "immortal",
            "Permanent exclusion is common and befalls anybody of school age alike; plans do nothing about it.",
            lambda strength: {"schooling.exclusions": replace(IMMORTAL, more=strength)},
        ),
        Switch("delivery", "Authorities differ widely in what they deliver, and logs err by a fifth.", _delivery),
        Switch(
            "stalled",
            "So many authorities issue what they can in time and leave all else open.",
            lambda strength: {"stalled": int(strength)},
            4,
        ),
        Switch(
            "policy",
            "Authorities that took up a policy ask for fewer plans: 8 % at once, 2 % more each year.",
            lambda strength: {"policy": Policy(at_once=strength * log(0.92), each_year=-0.02 * strength)},
        ),
        Switch(
            "reorg",
            "Authorities that were reorganised are all there, and slower for two years after.",
            lambda strength: {"reorganised": -0.6 * strength, "with_reorganised": True},
        ),
        Switch(
            "drift",
            "From 2023 on Attainment 8 is counted so that everybody has three points more.",
            lambda strength: {"childhood.outcomes.drift_points": 3.0 * strength},
        ),
    )
}


def world(name: str) -> Planted:
    """The parameters of a world: names of switches joined by commas, each with `=strength` where it is not its own.

    Raises UsageError for a switch that there is not, or a strength that is no number.
    """
    planted = Planted(name=name)
    for part in name.split(","):
        called, _, strength = part.strip().partition("=")
        planted = _switched(planted, _switch(called), strength)
    return planted


def _switch(name: str) -> Switch:
    try:
        return SWITCHES[name]
    except KeyError:
        raise UsageError("WORLD-04", f"No world is called {name!r}.", f"Choose from {', '.join(SWITCHES)}.") from None


def _switched(planted: Planted, switch: Switch, strength: str) -> Planted:
    try:
        settings = switch.puts(float(strength) if strength else switch.strength)
    except ValueError:
        raise UsageError(
            "WORLD-08", f"The strength of {switch.name} is no number.", f"Write {switch.name}={switch.strength:g}."
        ) from None
    for path, value in settings.items():
        planted = put(planted, path, value)
    return planted


def put(of: Any, path: str, value: object) -> Any:
    """The same dataclass with the value at a path of fields (`childhood.outcomes.support`)."""
    head, _, rest = path.partition(".")
    return replace(of, **{head: put(getattr(of, head), rest, value) if rest else value})
