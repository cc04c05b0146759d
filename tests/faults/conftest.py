"""What the tests of an ingest at fault share: one server that may be killed, and a proxy in front of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Engine

from cohort.ingest import pipeline
from cohort.ingest.load import Decision
from cohort.ingest.receipt import Receipt
from cohort.vault import keys
from tests.faulting.client import Sender
from tests.faulting.proxy import Proxy
from tests.faulting.server import Server, serving
from tests.faulting.trial import Bench, Via

RING = keys.throwaway()


@pytest.fixture(scope="session")
def faulty() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture(scope="session")
def proxy(faulty: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    proxy = Proxy(tmp_path_factory.mktemp("proxy"), faulty.folder)
    yield proxy
    proxy.close()


@pytest.fixture(scope="session")
def sender(faulty: Server, proxy: Proxy) -> Iterator[Sender]:
    url = faulty.application(proxy.folder).url
    sender = Sender(RING, url.render_as_string(hide_password=False))
    yield sender
    sender.close()


@pytest.fixture
def sending(faulty: Server, monkeypatch: pytest.MonkeyPatch) -> Via:
    """Sends a file by the real pipeline. What no fault of the database can touch is done once for each file."""
    monkeypatch.setattr(pipeline, "_pseudonymous", cache(pipeline._pseudonymous))

    def sending(body: bytes, through: Path | None = None, engine: Engine | None = None) -> Callable[[], Receipt]:
        def send() -> Receipt:
            used = engine or faulty.application(through)
            try:
                return pipeline.ingest(body, "r.xml", engine=used, ring=RING, decision=Decision("officer"))
            finally:
                if engine is None:
                    used.dispose()

        return send

    return sending


@pytest.fixture
def benched(faulty: Server, proxy: Proxy, sending: Via) -> Callable[..., Bench]:
    def benched(body: bytes, *before: bytes) -> Bench:
        return Bench(faulty, proxy, sending(body, proxy.folder), sending(body), before=tuple(map(sending, before)))

    return benched
