"""A process that holds one form: it loads, then runs each time it is asked, and tells what that took.

`python -m bench.bulk.worker GROUP FORM NUMBER…`; one JSON document a line.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from bench.bulk.made import folder


def main() -> None:
    """Serve until the end of the input."""
    group, name, *numbers = sys.argv[1:]
    module, _, function = group.partition(":")
    form = getattr(importlib.import_module(module), function)(*map(int, numbers))[name]
    gc.set_threshold(1_000_000)
    start = time.perf_counter()
    state = form.load()
    _tell(loaded=time.perf_counter() - start)
    result: Any = None
    clear = getattr(form, "clear", None)
    for line in sys.stdin:
        if line.strip() == "run":
            result = None
            if clear is not None:
                clear(state)
            gc.collect()
            wall, cpu = time.perf_counter(), time.process_time()
            result = form.run(state)
            _tell(wall=time.perf_counter() - wall, cpu=time.process_time() - cpu)
        elif line.strip() == "number":
            _tell(number=form.number(state, result))
        else:
            _tell(peak=_peak())
    for file in folder().glob(f"results-{os.getpid()}*"):
        file.unlink()


def _peak() -> float:
    """Megabytes at most, of this process since it began; 0 where the system does not tell."""
    try:
        text = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return 0
    return next(int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("VmHWM"))


def _tell(**facts: object) -> None:
    print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    main()
