"""`python -m synthetic OUT`: an invented England as return files or as a snapshot, and the truth behind it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from cohort.errors import CohortError, UsageError
from synthetic import mess as messy
from synthetic import returns, truth, worlds
from synthetic.establishments import establishments
from synthetic.mess import MESSY, Mess
from synthetic.window import TOLD
from synthetic.world import World, make

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
def _bar(total: int) -> Iterator[Callable[[Path], None] | None]:
    """A bar on a terminal; nothing where the output is piped."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    with Progress(TextColumn("writing returns"), BarColumn(), MofNCompleteColumn(), console=console) as bar:
        task = bar.add_task("", total=total)
        yield lambda _: bar.advance(task)


@contextmanager
def _spinner() -> Iterator[Callable[[str], None] | None]:
    """What is being written, on a terminal; nothing where the output is piped."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    with console.status("drawing lives") as status:
        yield lambda what: status.update(f"writing {what}")


class Format(StrEnum):
    """What a world is written as."""

    FILES = "files"
    PARQUET = "parquet"


FILE_YEARS, ALL_YEARS = "2024-2026", f"{TOLD[0]}-{TOLD[-1]}"
CALIBRATED = 200_000
"""Children of a world that is held against the targets, where no number is asked for."""


@app.command()
def invent(
    out: Annotated[Path, typer.Argument(help="Folder for what is written; made if need be.")],
    authorities: Annotated[str | None, typer.Option(help="How many authorities, or all.")] = None,
    children: Annotated[int | None, typer.Option(help="How many children, who each show in some return.")] = None,
    years: Annotated[str | None, typer.Option(help="Collection years: the first and the last, or one.")] = None,
    world: Annotated[str, typer.Option(help=f"Switches joined by commas: {', '.join(worlds.SWITCHES)}.")] = "main",
    seed: Annotated[int, typer.Option(help="Seed: the same one gives the same bytes.")] = 25,
    form: Annotated[
        Format, typer.Option("--format", help="Return files (SEN2), or a snapshot of every collection.")
    ] = Format.FILES,
    calibrate: Annotated[bool, typer.Option(help="Put the world's figures beside England's; implies parquet.")] = False,
    faults: Annotated[float, typer.Option(help="Faults to plant in files, as a share of persons.")] = 0.0,
    mess: Annotated[bool, typer.Option(help="Let returns come late, corrected, again or not at all.")] = False,
) -> None:
    """Invent children and write what is told of them, and truth.json, into OUT."""
    if calibrate or form is Format.PARQUET:
        _require_clean(faults, mess)
        made = make(
            _number(authorities or ("all" if calibrate else "12")),
            children or (CALIBRATED if calibrate else 20_000),
            _years(years or ALL_YEARS),
            seed,
            world,
            whole=True,
        )
        _write_snapshot(made, out, calibrate)
        return
    made = make(_number(authorities or "12"), children or 20_000, _years(years or FILE_YEARS), seed, world)
    _write_files(made, out, faults, mess)


def _require_clean(faults: float, mess: bool) -> None:
    if faults or mess:
        raise UsageError("WORLD-09", "A snapshot holds no faults: they are left behind on the way in.", "Write files.")


def _write_files(made: World, out: Path, faults: float, mess: bool) -> None:
    with _bar(len(made.lives.places) * len(made.window.years)) as progress:
        if faults or mess:
            paths = messy.write(made, out, MESSY if mess else Mess(), faults, progress)
        else:
            paths = returns.write(made, out, progress)
    truth.write(made, out)
    typer.echo(f"{len(paths)} returns of {len(made.lives.people):,} children and {truth.FILE_NAME} in {out}")


def _write_snapshot(made: World, out: Path, calibrate: bool) -> None:
    # Imported here: the extra `synthetic` alone, which is all that files need, lacks what a snapshot is written with.
    from synthetic import snapshot  # noqa: PLC0415

    with _spinner() as progress:
        manifest = snapshot.write(made, out, progress)
    truth.write(made, out)
    rows = sum(entry.rows for entry in manifest.tables.values())
    typer.echo(f"a snapshot of {len(made.lives.people):,} children in {rows:,} rows and {truth.FILE_NAME} in {out}")
    if calibrate:
        _write_calibration(made, out)


def _write_calibration(made: World, out: Path) -> None:
    from synthetic import calibrate  # noqa: PLC0415

    register = establishments(made.places).lazy()
    told = calibrate.report({**calibrate.opened(out), "establishment_period": register})
    (out / calibrate.FILE_NAME).write_text(calibrate.markdown(told), encoding="utf-8")
    within = told.filter("within").height
    typer.echo(
        f"{within} of {len(told)} figures are as England published them, within tolerance: {calibrate.FILE_NAME}"
    )


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
