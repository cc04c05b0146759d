"""Many returns in one command: files are shared among processes, and named into the record in the order given.

Each process opens its own engine and its own ring, from the same environment: no key goes through a pipe. Reading,
parsing and pseudonymising go side by side; who a child is gets decided file by file in order, so that two processes
make the record that one would have made. A bad file ends as a refusal and stops nobody.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing import connection, get_context, parent_process
from pathlib import Path
from typing import TYPE_CHECKING

from cohort.errors import CohortError, ReturnHeld, ReturnRefused, UsageError
from cohort.ingest.header import UNSAID, Said
from cohort.ingest.receipt import Receipt, Standing, of_refusal

if TYPE_CHECKING:
    from service.desk import Desk

WRITTEN = {".xml", ".xlsx", ".zip"}
"""Endings of a file that is a return by itself; CSV files in a folder are one return together."""
THREADS = "POLARS_MAX_THREADS"
WORST = (0, ReturnHeld.exit_code, ReturnRefused.exit_code, UsageError.exit_code, 5, CohortError.exit_code)
"""Exit codes, the worst last."""
Waiting = Callable[[], None]


@dataclass(frozen=True)
class Task:
    """What is done with each file. Without an `account` it is judged only; with `resumes`, what the record holds of
    exactly these bytes is told without being read again. The others are as `Desk.submit` and `judge` have them."""

    account: str | None = None
    confirm: str = ""
    explanations: Mapping[str, str] = field(default_factory=dict)
    said: Said = UNSAID
    force: bool = False
    resumes: bool = False
    dry_run: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of a file. `size`: its bytes; `peak`: most memory of its process so far, bytes, 0 where unknown."""

    place: int
    receipt: Receipt
    exit_code: int
    size: int
    peak: int = 0


class Turns:
    """Whose turn it is to be named: a file waits until every file before it is done, however it ended."""

    def __init__(self, n: int) -> None:
        context = get_context("spawn")
        self._changed = context.Condition()
        self._done = context.Array("b", n, lock=False)
        self._next = context.Value("i", 0, lock=False)

    def wait(self, place: int) -> None:
        """Until all before it are done."""
        with self._changed:
            self._changed.wait_for(lambda: self._next.value >= place)

    def end(self, place: int) -> None:
        """A file is done with."""
        with self._changed:
            self._done[place] = 1
            while self._next.value < len(self._done) and self._done[self._next.value]:
                self._next.value += 1
            self._changed.notify_all()


def found(paths: Sequence[Path]) -> list[Path]:
    """The returns in files and folders: a folder is looked into where it holds what is a return by itself, a file or
    a folder of CSV files; CSV files beside those are one return more.

    Of a folder by year (the end of a name), large ones first: neighbours of one size wait little for each other.
    """
    returns: list[Path] = []
    for path in paths:
        inside = [p for p in _inside(path) if p.suffix.lower() in WRITTEN or _holds_csv(p)]
        returns += sorted(inside, key=lambda p: (p.stem[-4:], -size(p), p.name))
        returns += [path] if not inside or _holds_csv(path) else []
    return returns


def _inside(path: Path) -> list[Path]:
    try:
        return list(path.iterdir()) if path.is_dir() else []
    except OSError:
        return []  # said when it is opened


def _holds_csv(path: Path) -> bool:
    return any(p.suffix.lower() == ".csv" for p in _inside(path))


def worst(codes: Iterator[int]) -> int:
    """The exit code of the whole."""
    return max(codes, key=WORST.index, default=0)


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """Ctrl-C asks to stop between files; a second one stops at once, and what is in hand is rolled back."""
    asked = threading.Event()

    def ask(*_: object) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)


def run(files: Sequence[Path], task: Task, workers: int, stop: threading.Event) -> Iterator[Outcome]:
    """Do the task on every file; outcomes come as they are known. Asked to stop, it ends what is in hand and begins
    no other."""
    if workers > 1:
        yield from _shared(files, task, workers, stop)
        return
    for place, file in enumerate(files):
        if stop.is_set():
            return
        yield _done(place, file, task, lambda: None)


def _shared(files: Sequence[Path], task: Task, workers: int, stop: threading.Event) -> Iterator[Outcome]:
    turns = Turns(len(files))
    with _threads(workers), ProcessPoolExecutor(workers, get_context("spawn"), _begin, (turns,)) as pool:
        left = iter(enumerate(files))
        in_hand: set[Future[Outcome]] = set()
        while True:
            while len(in_hand) < workers and not stop.is_set() and (given := next(left, None)) is not None:
                in_hand.add(pool.submit(_in_turn, *given, task))
            if not in_hand:
                return
            ended, in_hand = wait(in_hand, return_when=FIRST_COMPLETED)
            for future in ended:
                yield future.result()


@contextmanager
def _threads(workers: int) -> Iterator[None]:
    """Cores are shared out: a process inherits how many threads it may use."""
    before = os.environ.get(THREADS)
    os.environ[THREADS] = before or str(max(1, (os.cpu_count() or 1) // workers))
    try:
        yield
    finally:
        if before is None:
            del os.environ[THREADS]


_turns: list[Turns] = []


def _begin(turns: Turns) -> None:
    """A process begins: Ctrl-C is the parent's to judge, and when the parent dies nothing goes on."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _turns[:] = [turns]
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _in_turn(place: int, file: Path, task: Task) -> Outcome:
    turns = _turns[0]
    try:
        return _done(place, file, task, lambda: turns.wait(place))
    finally:
        turns.end(place)


def _done(place: int, file: Path, task: Task, waiting: Waiting) -> Outcome:
    try:
        receipt = _judged(file, task) if task.account is None else _submitted(file, task, waiting)
        code = _exit_code(receipt)
    except CohortError as error:
        receipt, code = of_refusal(file.name, error), error.exit_code
    except Exception as fault:
        sentence = f"Something went wrong ({type(fault).__name__})."
        error = CohortError("UNEXPECTED", sentence, "Nothing was half done; please report it.")
        receipt, code = of_refusal(file.name, error), error.exit_code
    return Outcome(place, receipt, code, size(file), _peak())


def _exit_code(receipt: Receipt) -> int:
    codes = {Standing.REFUSED: ReturnRefused.exit_code, Standing.HELD: ReturnHeld.exit_code}
    return codes.get(receipt.status, 0)


def _judged(file: Path, task: Task) -> Receipt:
    from cohort.ingest import judge  # noqa: PLC0415  (the base install judges without a database)
    from cohort.ingest.source import Limits  # noqa: PLC0415  (the base install judges without a database)
    from cohort.settings import from_environment  # noqa: PLC0415  (the base install judges without a database)

    try:
        limits = Limits(size=from_environment().max_megabytes << 20)
        return judge.judge(file, file.name, limits=limits, said=task.said, dry_run=task.dry_run)
    except ReturnRefused as error:
        return of_refusal(file.name, error)


def desk_of(account: str | None) -> Desk:
    """The desk of an account in this process, which has its own engine and ring."""
    from service.desk import Desk  # noqa: PLC0415  (the base install judges without a database)
    from service.doors import office, principal  # noqa: PLC0415  (as above)

    return Desk(principal(account), office())


def _submitted(file: Path, task: Task, waiting: Waiting) -> Receipt:
    def progress(station: str, _: float) -> None:
        if station == "linking":
            waiting()

    desk = desk_of(task.account)
    if task.resumes and (earlier := desk.received(file)) is not None:
        return replace(earlier, file=file.name)
    return desk.submit(
        file,
        file.name,
        confirm=task.confirm,
        explanations=task.explanations,
        progress=progress,
        said=task.said,
        force=task.force,
    )


def size(file: Path) -> int:
    """Bytes of a return; 0 where it cannot be looked at."""
    try:
        return sum(p.stat().st_size for p in (file.iterdir() if file.is_dir() else (file,)))
    except OSError:
        return 0


def _peak() -> int:
    try:
        import resource  # noqa: PLC0415  (not on Windows)
    except ModuleNotFoundError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


class Tally:
    """Outcomes so far. `seconds` since it was made."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []
        self._start = time.perf_counter()

    def add(self, outcome: Outcome) -> None:
        """One more file."""
        self.outcomes.append(outcome)

    def line(self) -> str:
        """Files, rows, bytes, time and memory in a sentence."""
        seconds = time.perf_counter() - self._start
        rows = sum(sum(o.receipt.rows.values()) for o in self.outcomes)
        megabytes = sum(o.size for o in self.outcomes) / 1e6
        peak = max((o.peak for o in self.outcomes), default=0) / 1e6
        return (
            f"{len(self.outcomes)} files, {rows:,} rows, {megabytes:,.1f} MB in {seconds:,.1f} s "
            f"({megabytes / seconds:.1f} MB/s); at most {peak:,.0f} MB of memory a process."
        )

    def in_order(self) -> list[Outcome]:
        """In the order of the files."""
        return sorted(self.outcomes, key=lambda outcome: outcome.place)
