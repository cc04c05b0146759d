"""Judging a return of 20,000 persons beside a bare lxml extraction of the same file.

Each is run in a process of its own, one after the other, nine times. What is printed is the median of the nine
ratios, for a machine that others use slows both of a pair alike, and the peak memory of judging. Demand: at most
3 × and under 600 MB.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

PERSONS = 20_000
RUNS = 9


def bare(path: Path) -> int:
    """What any extraction must do: stream the persons and take the text of every leaf."""
    from lxml import etree

    columns: dict[str, list[str | None]] = {}
    n = 0
    for _, person in etree.iterparse(str(path), tag="Person"):
        for element in person.iter():
            if len(element) == 0:
                columns.setdefault(element.tag, []).append(element.text)
        n += 1
        person.clear()
        while person.getprevious() is not None:
            del person.getparent()[0]
    return n


def judged(path: Path) -> int:
    """What `cohort validate` does."""
    from cohort.ingest.judge import judge

    receipt = judge(path, path.name)
    assert receipt.places.is_empty(), receipt.findings
    return receipt.rows["Person"]


def measured(what: str, path: str) -> None:
    """Run one of the two (once to warm up imports on a small part) and print seconds and peak memory."""
    work = {"bare": bare, "judged": judged}[what]
    __import__("lxml.etree")
    if what == "judged":
        __import__("cohort.ingest.judge")
        from cohort.ingest.check import rules

        rules()
    start = time.perf_counter()
    persons = work(Path(path))
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"persons": persons, "seconds": seconds, "megabytes": peak}))


def invented(folder: Path) -> Path:
    """One return, written by a process of its own: a child's peak memory starts from its parent's."""
    size = ["--authorities", "1", "--children", str(PERSONS), "--years", "2025"]
    subprocess.run([sys.executable, "-m", "synthetic", str(folder), *size], check=True, capture_output=True)
    return next(folder.glob("SEN2_*.xml"))


def pair(path: Path) -> dict[str, dict[str, float]]:
    """Both sides once, each in a process of its own."""
    told = {}
    for what in ("bare", "judged"):
        command = [sys.executable, __file__, what, str(path)]
        told[what] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return told


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = invented(Path(folder))
        pairs = [pair(path) for _ in range(RUNS)]
        size = path.stat().st_size / 1e6
    print(f"{pairs[0]['judged']['persons']:,.0f} persons, {size:.1f} MB of SEN2 XML")
    for what in ("bare", "judged"):
        seconds = median(told[what]["seconds"] for told in pairs)
        print(f"{what:7} {seconds:.2f} s  peak {max(told[what]['megabytes'] for told in pairs):.0f} MB")
    ratios = sorted(told["judged"]["seconds"] / told["bare"]["seconds"] for told in pairs)
    print(f"ratio   {median(ratios):.2f}, {ratios[0]:.2f} to {ratios[-1]:.2f} (demand: at most 3)")


if __name__ == "__main__":
    measured(*sys.argv[1:]) if len(sys.argv) == 3 else main()
