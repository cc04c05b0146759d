"""The trial that one would have liked to run, beside what was done instead.

TARGET, Cashin et al. 2025 (BMJ 390:e087179): a study that emulates a trial says for each component of the trial's
protocol what it was, and how the data stood in for it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import polars as pl

from cohort.errors import UsageError

TITLES = {
    "eligibility": "Eligibility criteria",
    "strategies": "Treatment strategies",
    "assignment": "Assignment",
    "time_zero": "Time zero and follow-up",
    "outcome": "Outcome",
    "contrast": "Causal contrast",
    "analysis": "Analysis",
}


@dataclass(frozen=True)
class Part:
    """One component: as the trial would have had it, and as the record has it."""

    trial: str
    emulation: str


@dataclass(frozen=True)
class Protocol:
    """A target trial in seven parts. A part without a word on either side is refused (MODEL-06)."""

    question: str
    eligibility: Part
    strategies: Part
    assignment: Part
    time_zero: Part
    outcome: Part
    contrast: Part
    analysis: Part
    assumptions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        silent = [title for title, part in self.parts.items() if not (part.trial.strip() and part.emulation.strip())]
        silent += [] if self.question.strip() else ["Question"]
        if silent:
            raise UsageError(
                "MODEL-06",
                f"A protocol says nothing of: {', '.join(silent)}.",
                "Say what the trial would do, and what stands in for it; 'the same' where nothing differs.",
            )

    @property
    def parts(self) -> dict[str, Part]:
        """Title → part, in the order of a protocol."""
        return {TITLES[f.name]: getattr(self, f.name) for f in fields(self) if f.name in TITLES}

    @property
    def table(self) -> pl.DataFrame:
        """component, target_trial, emulation: a row a part."""
        rows = [(title, part.trial, part.emulation) for title, part in self.parts.items()]
        return pl.DataFrame(rows, ["component", "target_trial", "emulation"], orient="row")

    @property
    def statement(self) -> str:
        """The paragraph that stands over the table."""
        held = f" It rests on these assumptions: {'; '.join(self.assumptions)}." if self.assumptions else ""
        return (
            f"This is an observational study that emulates a target trial, reported after TARGET. It asks: "
            f"{self.question.strip()} Nobody was assigned by chance: {_lower(self.assignment.emulation)} "
            f"The effect is that of {_lower(self.contrast.emulation)}{held}"
        )

    def markdown(self) -> str:
        """The table as Markdown."""
        lines = ["| Component | Target trial | Emulation |", "|---|---|---|"]
        lines += [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in self.table.iter_rows()]
        return "\n".join(lines) + "\n"


def _lower(text: str) -> str:
    """A sentence as the end of another."""
    stripped = text.strip().rstrip(".")
    return f"{stripped[:1].lower()}{stripped[1:]}."
