"""`python -m synthetic`: files and truth in a folder, quiet when piped, errors without a traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from synthetic.__main__ import main


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "synthetic", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_files_and_truth_stand_in_the_folder(tmp_path: Path) -> None:
    out = tmp_path / "new" / "folder"
    done = run(out, "--authorities", "2", "--children", "60", "--years", "2025-2026", "--seed", "3")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"4 returns of 60 children and truth.json in {out}\n"
    assert json.loads((out / "truth.json").read_text())["size"]["years"] == [2025, 2026]
    assert len(list(out.glob("SEN2_???_202[56].xml"))) == 4


def said(arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Exit code and what stands on the error stream, in this process."""
    monkeypatch.setattr(sys, "argv", ["synthetic", *arguments])
    with pytest.raises(SystemExit) as stopped:
        main()
    return int(stopped.value.code or 0), capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong",
    [
        ["--years", "2030"],
        ["--years", "soon"],
        ["--authorities", "many"],
        ["--authorities", "500"],
        ["--world", "flat"],
        ["--bogus"],
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(wrong: list[str], tmp_path: Path, monkeypatch, capsys) -> None:
    code, error = said([str(tmp_path), *wrong], monkeypatch, capsys)
    assert code == 2
    assert error
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path, monkeypatch, capsys) -> None:
    (tmp_path / "file").write_text("here already")
    code, error = said([str(tmp_path / "file"), "--authorities", "1", "--children", "5"], monkeypatch, capsys)
    assert code == 2
    assert error.startswith("WORLD-07")


def test_a_user_sees_no_traceback(tmp_path: Path) -> None:
    done = run(tmp_path, "--years", "2030")
    assert done.returncode == 2
    assert done.stderr.startswith("WORLD-01")
    assert "Traceback" not in done.stderr
