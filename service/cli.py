"""`cohort …`: the command line. Thin: each command is one call; this file knows only how errors end."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cohort.errors import CohortError, UsageError
from cohort.settings import from_environment
from service import console
from service.commands import (
    back,
    blocks,
    database,
    leaving,
    persons,
    publishing,
    reading,
    rechecks,
    record,
    returns,
    third_party,
)

app = typer.Typer(
    name="cohort",
    help="A pseudonymised record of children with SEND to 25, and what may be published from it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(returns.validate)
app.command()(returns.explain)
app.command()(returns.ingest)
app.command()(third_party.split)
app.command()(third_party.tokens)
app.command()(returns.submissions)
app.command()(back.summary)
app.command()(rechecks.recheck)
app.command()(returns.sign)
app.command()(returns.withdraw)
app.command()(record.audit)
app.command()(publishing.publish)
app.command()(reading.codebook)
app.command()(leaving.erase)
app.command()(leaving.retention)
app.add_typer(database.db, name="db")
app.add_typer(blocks.block, name="block")
app.add_typer(record.keys, name="keys")
app.add_typer(record.account, name="account")
app.add_typer(persons.person, name="person")
app.add_typer(leaving.objection, name="objection")
app.add_typer(leaving.erasures, name="erasures")
app.add_typer(reading.snapshot, name="snapshot")
app.add_typer(reading.study, name="study")
app.add_typer(reading.reference, name="reference")

EXTRAS = {
    "sqlalchemy": "record",
    "psycopg": "record",
    "alembic": "record",
    "pyarrow": "record",
    "ibis": "analysis",
    "duckdb": "analysis",
    "statsmodels": "analysis",
    "scipy": "analysis",
    "numpy": "analysis",
    "streamlit": "app",
    "altair": "app",
    "vl_convert": "app",
    "faker": "synthetic",
}
"""Package → the extra that brings it."""


@app.command()
def demo(
    authorities: Annotated[int, typer.Option(min=5, max=153, help="How many authorities.")] = 12,
    children: Annotated[int, typer.Option(min=500, help="How many children.")] = 20_000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same England.")] = 25,
    no_app: Annotated[bool, typer.Option("--no-app", help="Do not open the app at the end.")] = False,
    port: Annotated[int, typer.Option(help="Port of the app, on this machine only.")] = 8501,
) -> None:
    """The whole job on an invented England; running it again is safe and quick."""
    from service.demo import Asked
    from service.demo import demo as whole_job

    with console.progress("demo") as progress:
        whole_job(from_environment(), Asked(authorities, children, seed), console.say, progress)
    if not no_app:
        open_app(port)
    else:
        console.say("Open the app with: cohort app")


@app.command("app")
def open_app(port: Annotated[int, typer.Option(help="Port, on this machine only.")] = 8501) -> None:
    """Open the Streamlit front end on this machine."""
    from service.front import serve

    serve(port)


def main() -> None:
    """The door: whatever goes wrong ends in words and an exit code, never in a traceback."""
    console.soften()
    sys.exit(_run())


def _run() -> int:
    try:
        return app(standalone_mode=False) or 0
    except CohortError as error:
        console.say_error(error)
        return error.exit_code
    except ModuleNotFoundError as missing:
        return _missing(missing)
    except typer.Exit as ending:
        return ending.exit_code
    except typer.TyperException as error:
        error.show()  # pyright: ignore[reportAttributeAccessIssue]  (every one that reaches here can)
        return UsageError.exit_code
    except (KeyboardInterrupt, typer.Abort):
        console.err.print("Interrupted; what was not finished was not stored.")
        return 130
    except Exception as fault:
        sentence = f"Something went wrong ({type(fault).__name__})."
        console.say_error(CohortError("UNEXPECTED", sentence, "Nothing was half done; please report it."))
        return CohortError.exit_code


def _missing(missing: ModuleNotFoundError) -> int:
    package = (missing.name or "").partition(".")[0]
    extra = EXTRAS.get(package, "demo")
    remedy = f"pip install 'cohort-0-25[{extra}]', or [demo] for all of it"
    console.say_error(UsageError("INSTALL-02", f"{package} is not installed.", remedy))
    return UsageError.exit_code
