"""Doors for those who come without a command line: the app and the demo.

In the demo one chooses a role. On a record of real children there is no such choice: sign-in by an identity
provider is built with the accounts, and until then the app opens on invented data only.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from cohort.errors import NotAllowed
from cohort.schema.calendar import authorities as every_authority
from cohort.settings import from_environment
from service import access
from service.access import Principal
from service.ask import Ask
from service.desk import Desk
from service.office import Office, open_office
from service.snapshots import named

DEMO = "demo"
ROLES = ("authority", "researcher", "policymaker")


@dataclass(frozen=True)
class Doors:
    """What somebody who came in may use: `ask`, and `desk` for an authority's officer."""

    principal: Principal
    ask: Ask | None
    desk: Desk | None


def demo_account(role: str, authority: str | None = None) -> str:
    """The name of a demo account."""
    return "-".join(part for part in (DEMO, role, authority) if part)


def principal(account: str | None) -> Principal:
    """Who asks at the command line: the account named, else the local operator."""
    here = office()
    return access.principal_of(here.engine, account) if account else access.local_operator(here.engine)


@cache
def office() -> Office:
    """The office of this process, from the environment."""
    return open_office(from_environment())


def open(role: str, authority: str | None = None) -> Doors:
    """Come in as a demo account. Raises NotAllowed where there is none, or the record holds real children."""
    here = office()
    if not is_demo(here):
        raise NotAllowed(
            "DOOR-01",
            "Choosing a role is for the demo, whose children are invented.",
            "Run `cohort demo`, or use the command line with your account.",
        )
    principal = access.principal_of(here.engine, demo_account(role, authority))
    if principal.role == "authority":
        return Doors(principal, None, Desk(principal, here))
    return Doors(principal, Ask(principal, here), None)


def is_demo(here: Office) -> bool:
    """Whether all that was frozen here is invented, and something was."""
    manifests = named(here.settings.snapshots)
    return bool(manifests) and all(manifest.is_invented for manifest in manifests)


def authorities() -> list[tuple[str, str]]:
    """Authorities that have a demo account: DfE number and name, by name."""
    names = {a.authority_code: a.name for a in sorted(every_authority(), key=lambda a: a.from_date)}
    prefix = demo_account("authority") + "-"
    codes = [a[2] for a in access.accounts(office().engine) if a[0].startswith(prefix) and a[3] is None]
    return sorted(((code, names.get(code, code)) for code in codes if code), key=lambda pair: pair[1])
