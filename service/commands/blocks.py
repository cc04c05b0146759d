"""`cohort block lift|restore|list`: rules that do not block an authority's return, for a reason."""

from __future__ import annotations

from typing import Annotated

import typer

from service import console

block = typer.Typer(help="Rules whose block is lifted for an authority and year.", no_args_is_help=True)
Code = Annotated[str, typer.Argument(help="Code of the rule.")]
Authority = Annotated[str, typer.Option(help="DfE number of the authority.", show_default=False)]
Year = Annotated[int, typer.Option(help="Year of the return.", show_default=False)]
Reason = Annotated[str, typer.Option(help="Why, in words without names.", show_default=False)]
Account = Annotated[str | None, typer.Option(help="An operator's account; the local one if left out.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")]


@block.command()
def lift(code: Code, authority: Authority, year: Year, reason: Reason, account: Account = None) -> None:
    """Its findings are queries from now on, explained by the reason."""
    _set(code, authority, year, reason, account, is_lifted=True)
    console.say(f"{code} does not block the returns of authority {authority} for {year}.")


@block.command()
def restore(code: Code, authority: Authority, year: Year, reason: Reason, account: Account = None) -> None:
    """The rule blocks again."""
    _set(code, authority, year, reason, account, is_lifted=False)
    console.say(f"{code} blocks the returns of authority {authority} for {year} again.")


def _set(code: str, authority: str, year: int, reason: str, account: str | None, *, is_lifted: bool) -> None:
    from service.blocks import set_block
    from service.doors import office, principal

    set_block(office(), principal(account), code, authority, year, reason, is_lifted=is_lifted)


@block.command("list")
def list_(account: Account = None, as_json: AsJson = False) -> None:
    """Every rule that was ever lifted, and whether it is."""
    from dataclasses import asdict

    from service.blocks import blocks
    from service.doors import office, principal

    found = [asdict(lift) for lift in blocks(office(), principal(account))]
    if as_json:
        console.say_json(found)
    else:
        headings = ("authority", "year", "code", "is_lifted", "reason", "account", "at")
        console.say_table(headings, [tuple(line[h] for h in headings) for line in found])
