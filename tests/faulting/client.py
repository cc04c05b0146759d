"""A client in a process of its own, running the real pipeline, that can be killed at any step.

One process imports everything and forks a child for each file, so that a kill costs no start of Python.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.faulting.trial import KILLED, Answer, answer

ROOT = Path(__file__).parents[2]


class Sender:
    """Sends files from children that may be killed; `pid` is that of the one at work."""

    def __init__(self, ring: object, url: str) -> None:
        self.pid = 0
        self._mother = subprocess.Popen(
            [sys.executable, "-m", "tests.faulting.client"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "POLARS_MAX_THREADS": "1"},
        )  # fmt: skip
        self._tell((ring, url))

    def _tell(self, what: object) -> None:
        assert self._mother.stdin is not None
        pickle.dump(what, self._mother.stdin)
        self._mother.stdin.flush()

    def _hear(self) -> Any:
        assert self._mother.stdout is not None
        return pickle.load(self._mother.stdout)

    def send(self, body: bytes, *, is_naive: bool = False) -> Answer:
        """What the child was told, or that it was killed."""
        self._tell((body, is_naive))
        self.pid = self._hear()
        self._tell("go")
        return self._hear()

    def close(self) -> None:
        assert self._mother.stdin is not None
        self._mother.stdin.close()
        self._mother.wait(10)


def _child(ring: Any, url: str, body: bytes, *, is_naive: bool, to: int) -> None:
    from sqlalchemy import create_engine

    from cohort.ingest import pipeline
    from cohort.ingest.load import Decision
    from tests.faulting import naive

    if is_naive:
        pipeline.load = naive.load
    engine = create_engine(url, hide_parameters=True, pool_pre_ping=True)
    told = answer(lambda: pipeline.ingest(body, "r.xml", engine=engine, ring=ring, decision=Decision("officer")))
    os.write(to, pickle.dumps(told))


def _serve() -> None:
    import cohort.ingest.pipeline
    from tests.faulting import naive

    assert cohort.ingest.pipeline.load is not naive.load
    ours, out = sys.stdin.buffer, sys.stdout.buffer
    ring, url = pickle.load(ours)
    while True:
        try:
            body, is_naive = pickle.load(ours)
        except EOFError:
            return
        begin_read, begin = os.pipe()
        told_read, told = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.read(begin_read, 1)
            _child(ring, url, body, is_naive=is_naive, to=told)
            os._exit(0)
        os.close(told)
        pickle.dump(pid, out)
        out.flush()
        assert pickle.load(ours) == "go"
        os.write(begin, b"g")
        os.waitpid(pid, 0)
        said = os.read(told_read, 1 << 16)
        for end in (begin_read, begin, told_read):
            os.close(end)
        pickle.dump(pickle.loads(said) if said else Answer(KILLED), out)
        out.flush()


if __name__ == "__main__":
    _serve()
