"""Opening the app: Streamlit on this machine only, with the options that keep it quiet and safe."""

from __future__ import annotations

import os
import subprocess
import sys

from cohort.resources import bundled
from screens.options import OPTIONS


def serve(port: int) -> None:
    """Run the app until it is interrupted. On POSIX this process becomes the server: who ends it ends the app."""
    given = [part for name, value in {**OPTIONS, "server.port": str(port)}.items() for part in (f"--{name}", value)]
    command = [sys.executable, "-m", "streamlit", "run", str(bundled("app.py")), *given]
    if os.name == "posix":
        sys.stdout.flush()
        os.execv(sys.executable, command)  # noqa: S606  (our own interpreter and our own file)
    subprocess.run(command, check=False)  # noqa: S603
