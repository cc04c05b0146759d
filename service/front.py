"""Opening the app: Streamlit on this machine only, with the options that keep it quiet and safe."""

from __future__ import annotations

import subprocess
import sys

from cohort.resources import bundled
from screens.options import OPTIONS


def serve(port: int) -> None:
    """Run the app until it is interrupted."""
    given = [part for name, value in {**OPTIONS, "server.port": str(port)}.items() for part in (f"--{name}", value)]
    command = [sys.executable, "-m", "streamlit", "run", str(bundled("app.py")), *given]
    subprocess.run(command, check=False)  # noqa: S603  (our own interpreter and our own file)
