"""The app with invented calls behind it, for the tour in a browser: `streamlit run tests/app/fake_app.py`."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from screens.guard import attempt  # noqa: E402
from tests.app import fake_front  # noqa: E402

spec = spec_from_file_location("front_door", ROOT / "app.py")
assert spec
assert spec.loader
front_door = module_from_spec(spec)
spec.loader.exec_module(front_door)
attempt(front_door.main, fake_front.FRONT)
