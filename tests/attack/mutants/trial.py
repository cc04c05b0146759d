"""A mutant's trial: the whole stair and every report, under a watch, with all that was said gathered and searched."""

from __future__ import annotations

import contextlib
import faulthandler
import io
import logging
import time
import traceback
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from cohort.errors import CohortError, ReturnRefused
from cohort.ingest import report
from cohort.ingest.judge import judge
from cohort.ingest.receipt import Receipt, of_refusal
from tests.attack.mutants.breaking import broken, spoiled
from tests.attack.mutants.container import CANARIES, Container, herd

HUNG = 300.0
"""Seconds after which a mutant hangs and the whole run is ended, wherever it stands, even in a parser's own code."""
SLOW = 10.0
"""Seconds of the processor that no mutant may take. A clock on the wall would judge the machine's other work."""


@dataclass
class Verdicts:
    """What became of the mutants. `worst` is the slowest in seconds; `found` counts findings by code."""

    mutants: int = 0
    files: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    read: int = 0
    found: Counter[str] = field(default_factory=Counter)
    worst: float = 0.0

    def enter(self, outcome: Receipt, mutants: int, took: float) -> None:
        """Count one file."""
        self.files += 1
        self.mutants += mutants
        self.worst = max(self.worst, took)
        if outcome.refusal is not None:
            self.refused[outcome.refusal[0]] += 1
        else:
            self.read += 1
            self.found.update(outcome.findings)


def tried(given: Container, *, fully: bool = True) -> tuple[Receipt, str]:
    """A receipt, and everything that a person or a log could see of it. An error without a code fails the test.

    `fully` draws the workbook too, which takes longer than the other kinds together.
    """
    said = io.StringIO()
    with _listening(said):
        try:
            outcome = judge(given.content, given.name)
        except ReturnRefused as refused:
            said.write("".join(traceback.format_exception(refused)) + repr(vars(refused)))
            outcome = of_refusal(given.name, refused)
        for kind in report.KINDS:
            if kind != "xlsx" or fully:
                said.write(_readable(report.render(outcome, kind), kind))
        said.write(repr(outcome))
    return outcome, said.getvalue()


def _readable(made: bytes, kind: str) -> str:
    if kind != "xlsx":
        return made.decode()
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        return "".join(book.read(name).decode() for name in book.namelist())


@contextlib.contextmanager
def _listening(said: io.StringIO) -> Iterator[None]:
    handler, root = logging.StreamHandler(said), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said), warnings.catch_warnings():
            warnings.simplefilter("always")
            yield
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def echoed(said: str) -> list[str]:
    """Canaries that were repeated, in whatever case."""
    text = said.casefold()
    return [canary for canary in CANARIES if canary.casefold() in text]


def hold(given: Container, verdicts: Verdicts, mutants: int, *, fully: bool) -> Receipt:
    """Try one file and hold it to the three things: a code, in time, and no value."""
    faulthandler.dump_traceback_later(HUNG, exit=True)
    start = time.process_time()
    try:
        outcome, said = tried(given, fully=fully)
    except Exception as fault:
        kind = CohortError.__name__ if isinstance(fault, CohortError) else "nobody's error"
        raise AssertionError(f"{kind} came through; the mutant: {given.content!r}") from fault
    finally:
        faulthandler.cancel_dump_traceback_later()
    took = time.process_time() - start
    assert took < SLOW, f"{took:.1f} s; the mutant: {given.content!r}"
    assert not (told := echoed(said)), f"{told} came back; the mutant: {given.content!r}"
    verdicts.enter(outcome, mutants, took)
    return outcome


def files(seed: int, many: int, verdicts: Verdicts) -> None:
    """So many small files, each broken in its bytes."""
    for place in range(many):
        chance = Random(f"{seed} file {place}")
        small = herd(chance.randrange(100), chance.randint(1, 3), chance.choice([2024, 2025, 2026]))
        hold(broken(chance, small), verdicts, 1, fully=place % 50 == 0)


def herds(seed: int, many: int, children: int, verdicts: Verdicts) -> None:
    """So many returns of so many children, each child spoiled."""
    for place in range(many):
        chance = Random(f"{seed} herd {place}")
        whole = herd(chance.randrange(1000), children, chance.choice([2024, 2025, 2026]))
        hold(spoiled(chance, whole), verdicts, children, fully=place % 10 == 0)
