"""What loading the product costs: numpy comes when ballots are counted with arrays, not before."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from quorate.decisions import counting_cli
from quorate.decisions.counting import Profile, count
assert "numpy" not in sys.modules, "numpy was loaded with the package"
profile = Profile.ranked(["Ada", "Bo"], 1, [([1], 2), ([2], 1)])
assert count(profile, "irv", counter="plain").elected == (1,)
assert "numpy" not in sys.modules, "the plain counter loaded numpy"
assert count(profile, "irv").elected == (1,)
assert "numpy" in sys.modules
print("counted")
"""


def test_numpy_is_loaded_by_counting_alone() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert done.stdout == "counted\n", done.stderr
