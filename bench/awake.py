"""Keep the cores awake while something is measured.

On a virtual machine a core with nothing to do is given back to the hypervisor, and waking it costs tens of
microseconds, part of which is counted as CPU of whoever wakes it. A bench with one message on its way at
a time pays that at every step. One process a core that computes nothing, and only when nobody else wants
the core (SCHED_IDLE), keeps it from sleeping; it takes no time from the rest.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SPIN = """
import os
os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
while os.getppid() == PARENT: pass
"""


@contextmanager
def awake(wanted: bool) -> Iterator[None]:
    """Keep every core of this process awake within the block, if `wanted`."""
    program = SPIN.replace("PARENT", str(os.getpid()))
    cores = os.sched_getaffinity(0) if wanted else ()
    spinners = [subprocess.Popen([sys.executable, "-c", program]) for _ in cores]
    try:
        yield
    finally:
        for spinner in spinners:
            spinner.kill()
            spinner.wait()
