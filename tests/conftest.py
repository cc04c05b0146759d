"""What tests share: a database of their own, a key ring, an office."""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: workers that share cores would wait for each other

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy import Engine

from cohort.settings import Settings, from_environment
from cohort.vault import keys
from cohort.vault.keys import KeyRing
from service.office import Office
from tests import postgres
from tests.postgres import Databases

# How long an example takes is the machine's business, never a verdict.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")
REAL_DATA = Path(os.environ.get("COHORT_REAL_DATA") or Path(__file__).parents[2] / "shared" / "data")


BOTH_SERVERS = ("test_ingest", "test_migrations", "test_backup", "test_attempts")
"""Modules that ask the machine's own server in the quick run too. The others, whose statements are the same, ask the
embedded one, and both in the long proofs."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The long proofs run where they are asked for (`make proof`), and say elsewhere that they did not."""
    for item in items:
        asks = getattr(item, "callspec", None)
        if asks and asks.params.get("databases") == "system" and item.path.stem not in BOTH_SERVERS:
            item.add_marker("slow")
    if "slow" not in str(config.getoption("markexpr")):
        for item in items:
            if "slow" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="a long proof: make proof"))


@pytest.fixture(scope="session")
def embedded_server() -> Iterator[Databases]:
    with postgres.embedded() as server:
        yield Databases(server)


@pytest.fixture(scope="session")
def system_server() -> Iterator[Databases]:
    if not postgres.SYSTEM:
        pytest.skip("no Postgres server is installed on this machine; the embedded one was tested")
    with postgres.system() as server:
        yield Databases(server)


@pytest.fixture
def engine(embedded_server: Databases) -> Iterator[Engine]:
    """A migrated database of its own, on the embedded server."""
    with embedded_server.fresh() as engine:
        yield engine


@pytest.fixture(params=["embedded", "system"])
def databases(request: pytest.FixtureRequest) -> Databases:
    """Both servers in turn."""
    return request.getfixturevalue(f"{request.param}_server")


@pytest.fixture
def either(databases: Databases) -> Iterator[Engine]:
    """A migrated database of its own, on the embedded and on the machine's own server."""
    with databases.fresh() as engine:
        yield engine


@pytest.fixture
def ring() -> KeyRing:
    return keys.throwaway()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return from_environment({"COHORT_HOME": str(tmp_path / "home")})


@pytest.fixture
def application(engine: Engine) -> Iterator[Engine]:
    """The database of `engine`, as the application's login sees it."""
    application = postgres.as_application(engine)
    yield application
    application.dispose()


@pytest.fixture
def office(application: Engine, settings: Settings, ring: KeyRing) -> Office:
    return Office(settings, application, ring)


@pytest.fixture(scope="session")
def real_data() -> Path:
    if not REAL_DATA.is_dir():
        pytest.skip(f"the public files are not here: set COHORT_REAL_DATA, or put them in {REAL_DATA.name}")
    return REAL_DATA
