"""One fault: a file is sent, something goes wrong, it is sent again, and the record is held against the truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from cohort.errors import CohortError
from cohort.ingest.receipt import Receipt, Standing
from tests.faulting.proxy import Fault, Proxy
from tests.faulting.server import Server
from tests.faulting.truth import Rows, received, stored

KILLED = "killed"


@dataclass(frozen=True)
class Answer:
    """What a sender was told: a standing or an error's code, and the number of the submission if any."""

    told: str
    submission: int | None = None

    @property
    def is_receipt(self) -> bool:
        return self.told in {Standing.ACCEPTED, Standing.HELD, Standing.ALREADY}

    @property
    def is_plain(self) -> bool:
        """Whether a person can do something with it: no traceback."""
        return self.is_receipt or self.told == KILLED or self.told.startswith(("LOAD-", "KEY-"))


Send = Callable[[], Receipt]
Via = Callable[..., Send]
"""Makes the sender of a file: `(body, through a proxy's folder, on an engine)`."""


def answer(send: Send) -> Answer:
    try:
        receipt = send()
    except CohortError as error:
        return Answer(error.code)
    except Exception as error:  # whatever comes is what a person would see
        return Answer(f"{type(error).__name__}: {str(error)[:200]}")
    return Answer(receipt.status, receipt.submission)


@dataclass
class Tally:
    """What came of the faults. `seen`: a line for each that was not survived."""

    injected: int = 0
    survived: int = 0
    lost: int = 0
    duplicated: int = 0
    false_receipts: int = 0
    unhandled: int = 0
    seen: list[str] = field(default_factory=list)
    answers: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return (
            f"{self.injected} faults injected, {self.survived} survived, {self.lost} rows lost, "
            f"{self.duplicated} rows duplicated, {self.false_receipts} false receipts, {self.unhandled} tracebacks; "
            f"first answers {dict(sorted(self.answers.items()))}"
        )

    @property
    def is_clean(self) -> bool:
        return self.injected > 0 and self.survived == self.injected

    def enter(self, what: str, *, lost: int, duplicated: int, false: int, first: Answer) -> None:
        self.injected += 1
        self.lost += lost
        self.duplicated += duplicated
        self.false_receipts += false
        self.unhandled += not first.is_plain
        told = first.told if first.is_plain else "a traceback"
        self.answers[told] = self.answers.get(told, 0) + 1
        if lost or duplicated or false or not first.is_plain:
            self.seen.append(f"{what}: {lost} lost, {duplicated} duplicated, {false} false; told {first.told}")
        else:
            self.survived += 1


@dataclass
class Bench:
    """Where trials are run. `send`: sends the file through the proxy, `resend`: straight to the server."""

    server: Server
    proxy: Proxy
    send: Callable[[], Receipt | Answer]
    resend: Send
    truth: Rows = field(default_factory=Rows)
    before: tuple[Send, ...] = ()
    tally: Tally = field(default_factory=Tally)

    def learn(self) -> int:
        """Send the file without a fault, and keep what the record then holds; hands on the number of steps."""
        self._begin(None)
        first = self._sent()
        assert first.told == Standing.ACCEPTED, first
        steps = self.proxy.steps
        self._settle()
        self.truth = stored(self.server)
        return steps

    def trial(self, what: str, fault: Fault) -> bool:
        """Whether the fault happened before the run was complete."""
        self._begin(fault)
        n_before = len(received(self.server))
        first = self._sent()
        self._settle()
        if not fault.has_happened:
            return False
        there = received(self.server)
        is_there = len(there) > n_before
        is_whole = not (self.truth - stored(self.server))
        false = self._is_false(first, there, is_whole=is_whole, is_there=is_there)
        duplicated = 0 if is_there or n_before else stored(self.server).total()
        second = answer(self.resend)
        false += second.told != (Standing.ALREADY if is_there else Standing.ACCEPTED)
        false += second.submission not in received(self.server)
        found = stored(self.server)
        lost = (self.truth - found).total()
        duplicated += (found - self.truth).total()
        self.tally.enter(what, lost=lost, duplicated=duplicated, false=false, first=first)
        return True

    @staticmethod
    def _is_false(first: Answer, there: list[int], *, is_whole: bool, is_there: bool) -> bool:
        """A receipt of what is not in the record, or not all of it, or "nothing was stored" of what is."""
        if first.is_receipt:
            return first.submission not in there or not is_whole
        return is_there and first.told == "LOAD-03"

    def _begin(self, fault: Fault | None) -> None:
        self.server.empty()
        for send in self.before:
            assert answer(send).told == Standing.ACCEPTED
        self.proxy.plan(fault)

    def _sent(self) -> Answer:
        try:
            sent = self.send()
        except BaseException as error:
            return _of(error)
        return sent if isinstance(sent, Answer) else Answer(sent.status, sent.submission)

    def _settle(self) -> None:
        """The server is up again, and nobody's transaction is open."""
        if self.proxy.fault is not None and self.proxy.fault.has_happened:
            assert self.proxy.fault.is_over.wait(60)
        self.proxy.fault = None
        self.proxy.end_links()
        self.server.start()
        self.server.wait_until_alone()


def _of(error: BaseException) -> Answer:
    def fail() -> Receipt:
        raise error

    return answer(fail)
