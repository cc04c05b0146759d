"""A study: one question, from what it builds on to what it computes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from analysis.result import Result
from analysis.table import AnalysisTable
from cohort.catalogue import collect
from cohort.errors import UsageError
from cohort.snapshot import Snapshot

Picks = Mapping[str, str]


@dataclass(frozen=True)
class Choice:
    """Something that who asks may choose, from a short fixed list: free filters find single children."""

    name: str
    sentence: str
    options: tuple[str, ...]
    default: str


@dataclass(frozen=True)
class Study:
    """A question with its choices; `build` reads a snapshot, `compute` knows none."""

    name: str
    title: str
    question: str
    choices: tuple[Choice, ...]
    build: Callable[[Snapshot, Picks], AnalysisTable]
    compute: Callable[[AnalysisTable, Picks], Result]

    def pick(self, given: Mapping[str, str]) -> Picks:
        """The choices made, defaults filled in. Raises UsageError for a name or an option that is not offered."""
        offered = {choice.name: choice for choice in self.choices}
        for name, value in given.items():
            if name not in offered:
                known = ", ".join(offered) or "none"
                raise UsageError("STUDY-02", f"{self.name} has no choice {name!r}.", f"Its choices: {known}.")
            if value not in offered[name].options:
                options = ", ".join(offered[name].options)
                raise UsageError("STUDY-03", f"{value!r} is no option of {name}.", f"Options: {options}.")
        return {name: given.get(name, choice.default) for name, choice in offered.items()}


@cache
def studies() -> Mapping[str, Study]:
    """Every study, by name."""
    return collect("analysis.studies", Study, key=lambda study: study.name)


def study(name: str) -> Study:
    """The study of that name. Raises UsageError where there is none."""
    try:
        return studies()[name]
    except KeyError:
        known = ", ".join(studies())
        raise UsageError("STUDY-01", f"There is no study {name!r}.", f"Studies: {known}.") from None
