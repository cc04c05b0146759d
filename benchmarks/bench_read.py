"""Reading a return of 20,000 persons beside a bare lxml extraction of the same file, and refusing 50 MB.

Two invented files, best of three each, every run in a process of its own; what is printed is the ratio of CPU
seconds, the peak memory of reading, and the CPU seconds that each late refusal of a 50 MB file takes.
Demand: at most 1.3 ×, peak under 300 MB, a refusal under 2 s.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PERSONS = 20_000
RUNS = 3
SEEDS = (25, 26)
LARGE = 50_000_000

LATE = {
    "cut before the end tag": b"</Person>",
    "not well formed at the end": b"</Wrong></Persons></Message>",
    "a control character at the end": b"\x01</Person></Persons></Message>",
    "windows-1252 in UTF-8 at the end": b"\xe9</Person></Persons></Message>",
}
"""How a large file ends in place of `</Person></Persons></Message>`."""


def bare(path: Path) -> None:
    """What any extraction must do: stream the persons and take the text of every leaf."""
    from lxml.etree import iterparse

    columns: dict[str, list[str | None]] = {}
    for _, person in iterparse(str(path), tag="Person"):
        for element in person.iter():
            if len(element) == 0:
                columns.setdefault(element.tag, []).append(element.text)
        person.clear()
        while person.getprevious() is not None:
            del person.getparent()[0]


def whole(path: Path) -> None:
    """The station `read`."""
    from cohort.ingest.read import read

    raw = read(path)
    assert raw.tables["Person"].height > 0
    assert raw.findings.is_empty(), raw.findings


def refused(path: Path) -> None:
    """The station `read`, on a file that it must refuse."""
    from cohort.errors import ReturnRefused
    from cohort.ingest.read import read

    try:
        read(path)
    except ReturnRefused:
        return
    raise AssertionError("a bad file was read")


def measured(what: str, path: str) -> None:
    """Do one of the three, its imports made before, and print CPU seconds and peak memory."""
    work = {"bare": bare, "read": whole, "refused": refused}[what]
    __import__("lxml.etree")
    if what != "bare":
        from cohort.ingest.read import declared_formats

        declared_formats()
    start = time.process_time()
    work(Path(path))
    seconds = time.process_time() - start
    print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))


def best(path: Path, *kinds: str) -> dict[str, tuple[float, float]]:
    """CPU seconds and peak megabytes of the quickest run of each kind, the kinds in turn."""
    told: dict[str, list[tuple[float, float]]] = {what: [] for what in kinds}
    for _ in range(RUNS):
        for what in kinds:
            command = [sys.executable, __file__, what, str(path)]
            output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            told[what].append(tuple(json.loads(output)))
    return {what: min(runs) for what, runs in told.items()}


def invented(folder: Path, seed: int) -> Path:
    """One return, written by a process of its own: a child's peak memory starts from its parent's."""
    out = folder / str(seed)
    size = ["--authorities", "1", "--children", str(PERSONS), "--years", "2025", "--seed", str(seed)]
    subprocess.run([sys.executable, "-m", "synthetic", str(out), *size], check=True, capture_output=True)
    return next(out.glob("SEN2_*.xml"))


def enlarged(path: Path) -> Iterator[tuple[str, Path]]:
    """The return, its persons repeated up to 50 MB, with each of the late faults."""
    text = path.read_bytes()
    start, end = text.index(b"<Person>"), text.rindex(b"</Persons>")
    persons = text[start:end].rstrip()
    body = persons * (1 + LARGE // len(persons))
    head, body = text[:start], body[: body.rindex(b"</Person>", 0, LARGE)]
    for name, ending in LATE.items():
        large = path.with_name("large.xml")
        large.write_bytes(head + body + ending)
        yield name, large


def main() -> None:
    """Print the ratios and the refusals."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [invented(Path(folder), seed) for seed in SEEDS]
        for path in paths:
            quickest = best(path, "bare", "read")
            (bare_s, _), (read_s, megabytes) = quickest["bare"], quickest["read"]
            print(f"{path.stat().st_size / 1e6:.1f} MB  bare {bare_s:.2f} s  read {read_s:.2f} s  ", end="")
            print(f"ratio {read_s / bare_s:.2f} (demand: at most 1.3)  peak {megabytes:.0f} MB")
        for name, large in enlarged(paths[0]):
            seconds, _ = best(large, "refused")["refused"]
            print(f"refused, {name}: {seconds:.2f} s (demand: under 2)")


if __name__ == "__main__":
    measured(*sys.argv[1:]) if len(sys.argv) == 3 else main()
