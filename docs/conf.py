"""For those who type `sphinx-build docs out`: the configuration is conf.py of the folder above this one."""

from pathlib import Path
from runpy import run_path

globals().update(run_path(str(Path(__file__).resolve().parents[1] / "conf.py")))
