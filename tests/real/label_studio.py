"""The script in samples/ that installs, starts and stops a Label Studio server."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from tests.real.environments import installing_below

ROOT = Path(__file__).resolve().parents[2]


def server_module() -> ModuleType:
    """samples/label_studio_server.py, which is a script and no package; the server is installed."""
    path = ROOT / "samples" / "label_studio_server.py"
    spec = importlib.util.spec_from_file_location("label_studio_server", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    with installing_below(ROOT / ".oracles"):
        module.install()
    return module
