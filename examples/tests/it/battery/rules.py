"""The rules of AWS as boto3 sees them, judged one to a line.

    rules.py URL AREA...    the rules in areas/AREA.py, against a fresh account at the URL

Says how many are met, and fails if one is not.
"""

import importlib
import sys
from pathlib import Path

import ground

sys.path.append(str(Path(__file__).parent / "areas"))
for area in sys.argv[2:]:
    importlib.import_module(area)
met = sum(met for met, _ in ground.results)
silent = sum(silent for _, silent in ground.results)
print(f"{met} of {len(ground.results)} rules met, {silent} accepted in silence")
sys.exit(met < len(ground.results))
