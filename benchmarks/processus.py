"""Measures taken in a process of their own, so that the memory counted is theirs alone."""

import json
import re
import subprocess
import sys
from pathlib import Path


def memoire_maximale():
    """Return the peak memory of this process in MB. `getrusage` would count that of the process it was forked from."""
    return int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024


def mesurer_ailleurs(module, *arguments):
    """Return the JSON that `python -m module arguments` prints last, or None (and say why) when it fails."""
    commande = [sys.executable, "-m", module, *map(str, arguments)]
    sortie = subprocess.run(commande, capture_output=True, text=True, check=False)
    if sortie.returncode:
        print(sortie.stderr.strip().splitlines()[-1])
        return None
    return json.loads(sortie.stdout.splitlines()[-1])
