"""What the command line prints: words on standard output, progress on a terminal, errors with a way out."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table

from cohort.errors import CohortError, UsageError

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def soften() -> None:
    """Let a console that knows few letters (cp1252 on Windows) print what it can, and `?` for the rest."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def say(text: str) -> None:
    """A line of plain words, taken literally."""
    out.print(text, markup=False)


def say_json(value: Any) -> None:
    """A value for a machine."""
    out.print(json.dumps(value, indent=2, default=str, ensure_ascii=False), markup=False)


def say_json_line(value: Any) -> None:
    """A value for a machine, one a line."""
    out.print(json.dumps(value, default=str, ensure_ascii=False), markup=False)


def say_table(headings: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    """Rows under headings; with tabs where the output is piped."""
    if not out.is_terminal:
        for row in (headings, *rows):
            say("\t".join("" if cell is None else str(cell) for cell in row))
        return
    table = Table(*headings)
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    out.print(table)


def say_error(error: CohortError) -> None:
    """What went wrong and the way out, on standard error."""
    err.print(f"{error.code}: {error.sentence}", markup=False)
    if error.remedy:
        err.print(error.remedy, markup=False)


def ask(question: str, remedy: str) -> None:
    """Go on only after a yes. Raises UsageError where nobody can be asked, and Abort after a no."""
    if not sys.stdin.isatty():
        raise UsageError("ASK-01", "This wants a yes, and nobody can be asked.", f"Say {remedy}.")
    typer.confirm(question, abort=True)


@contextmanager
def progress(title: str) -> Iterator[Callable[[str, float], None]]:
    """A bar on a terminal (station and share done); nothing where the output is piped."""
    if not err.is_terminal:
        yield lambda _, __: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(title, total=1.0)
        yield lambda station, done: bar.update(task, description=f"{title}: {station}", completed=done)


@contextmanager
def whole(title: str, total: int) -> Iterator[Callable[[str, int], None]]:
    """Progress over many files, in bytes: a bar with rate and time left on a terminal, else a line on standard error
    for each file (what became of it, its bytes)."""
    if not err.is_terminal:
        yield lambda line, _: err.print(line, markup=False)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, TransferSpeedColumn(), TimeRemainingColumn(), console=err, transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda line, size: bar.update(task, description=line, advance=size)
