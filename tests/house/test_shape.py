"""The house is walked: names, sizes, floors, and everything that is stored is described."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("cohort", "analysis", "synthetic", "service", "screens")
SOURCES = [*sorted(p for room in ROOMS for p in (ROOT / room).rglob("*.py")), ROOT / "app.py"]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LONGEST_FILE, LONGEST_FUNCTION = 400, 40
NOT_A_ROOM = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "base_utils"}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES + TESTS, ids=_name)
def test_a_file_is_short_enough_to_be_read(path: Path) -> None:
    assert path.read_text(encoding="utf-8").count("\n") <= LONGEST_FILE


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_a_function_is_short_enough_to_be_held_in_mind(path: Path) -> None:
    long = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            said = ast.get_docstring(node)
            lines = node.end_lineno - node.lineno + 1 - (len(said.splitlines()) + 1 if said else 0)
            if lines > LONGEST_FUNCTION:
                long.append(f"{node.name}: {lines}")
    assert not long


def test_no_room_is_named_after_nothing() -> None:
    assert not [_name(p) for p in SOURCES if p.stem in NOT_A_ROOM or p.parent.name in NOT_A_ROOM]


def test_nothing_says_where_it_was_made() -> None:
    """No machine's path and no registry's host may stand in what is kept."""
    kept = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    made = re.compile(r"/(work|root|home/\w+)/|pypi\.org/simple|files\.pythonhosted|deb\.debian\.org")
    texts = [
        p for p in kept if p.endswith((".py", ".toml", ".md", ".lock", ".sh", ".csv")) and p != _name(Path(__file__))
    ]
    assert not [p for p in texts if (ROOT / p).exists() and made.search((ROOT / p).read_text(encoding="utf-8"))]


def test_streamlit_lives_in_screens_and_the_front_door() -> None:
    knows = [p for p in SOURCES if re.search(r"^\s*(import|from) streamlit", p.read_text("utf-8"), re.MULTILINE)]
    assert knows
    assert all(p.is_relative_to(ROOT / "screens") or p == ROOT / "app.py" for p in knows)


def test_the_front_door_knows_the_service_and_the_screens_only() -> None:
    tree = ast.parse((ROOT / "app.py").read_text(encoding="utf-8"))
    known = {
        (node.module if isinstance(node, ast.ImportFrom) else alias.name).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if not (isinstance(node, ast.ImportFrom) and node.module is None)
    }
    ours = known & {*ROOMS}
    assert ours == {"service", "screens"} | (ours & {"cohort"})
    assert not known & {"sqlalchemy", "polars", "pandas", "ibis", "duckdb", "analysis"}


def test_imports_fall_and_never_climb() -> None:
    lint = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert lint.returncode == 0, lint.stdout


def test_opening_a_snapshot_never_reaches_the_database() -> None:
    forbidden = ("sqlalchemy", "psycopg", "cohort.store", "cohort.vault")
    code = f"import sys, cohort.snapshot, analysis.run; print([m for m in sys.modules if m.startswith({forbidden!r})])"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_judging_a_return_needs_the_base_install_only() -> None:
    """`cohort validate` runs on an officer's laptop: neither a database's nor a statistician's packages."""
    heavy = ("sqlalchemy", "psycopg", "alembic", "ibis", "duckdb", "pandas", "statsmodels", "scipy", "streamlit")
    code = f"""
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition('.')[0] in {heavy!r}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
import cohort.ingest.judge, cohort.ingest.report, service.cli
print('judged')
"""
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.stdout.strip() == "judged", told.stderr[-800:]
