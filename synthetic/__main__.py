"""`python -m synthetic OUT`: the return files of an invented England, and the truth behind them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from cohort.errors import CohortError, UsageError
from synthetic import returns, truth
from synthetic.world import make

app = typer.Typer(add_completion=False)


def _years(text: str) -> range:
    """`2024-2026` or `2026`."""
    first, _, last = text.partition("-")
    if not first.isdecimal() or (last and not last.isdecimal()):
        raise UsageError(
            "WORLD-05", "The years cannot be read.", "Write one year, or the first and the last: 2024-2026."
        )
    return range(int(first), int(last or first) + 1)


def _number(text: str) -> int | None:
    """A number of authorities, or None for `all`."""
    if text == "all":
        return None
    if not text.isdecimal():
        raise UsageError("WORLD-06", "The number of authorities cannot be read.", "Write a number, or all.")
    return int(text)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[Path], None] | None]:
    """A bar on a terminal; nothing where the output is piped."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    with Progress(TextColumn("writing returns"), BarColumn(), MofNCompleteColumn(), console=console) as bar:
        task = bar.add_task("", total=total)
        yield lambda _: bar.advance(task)


@app.command()
def invent(
    out: Annotated[Path, typer.Argument(help="Folder for the files; made if need be.")],
    authorities: Annotated[str, typer.Option(help="How many authorities, or all.")] = "12",
    children: Annotated[int, typer.Option(help="How many children, who each show in some return.")] = 20_000,
    years: Annotated[str, typer.Option(help="Return years: the first and the last, or one.")] = "2024-2026",
    world: Annotated[str, typer.Option(help="Which world.")] = "main",
    seed: Annotated[int, typer.Option(help="Seed: the same one gives the same bytes.")] = 25,
) -> None:
    """Invent children and write the SEN2 returns that tell of them, and truth.json, into OUT."""
    made = make(_number(authorities), children, _years(years), seed, world)
    with _progress(len(made.lives.places) * len(made.window.years)) as progress:
        paths = returns.write(made, out, progress)
    truth.write(made, out)
    typer.echo(f"{len(paths)} returns of {children:,} children and {truth.FILE_NAME} in {out}")


def main() -> None:
    """Run; an error that a user may see is told without a traceback."""
    try:
        app()
    except CohortError as error:
        _stop(str(error), error.exit_code)
    except OSError as error:
        _stop(f"WORLD-07: The folder cannot be written: {error.strerror}. Choose another.", UsageError.exit_code)


def _stop(sentence: str, code: int) -> NoReturn:
    Console(stderr=True, soft_wrap=True).print(sentence, highlight=False, markup=False)
    sys.exit(code)


if __name__ == "__main__":
    main()
