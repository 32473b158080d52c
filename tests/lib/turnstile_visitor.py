"""A process at a turnstile, led by the test: each line on stdin is a step, each is answered.

Argument: the path. Steps: enter, leave, fork (a child that only waits for the end of stdin).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bitp.lib.turnstile import Turnstile


def fork_a_waiting_child() -> int:
    child = os.fork()
    if child == 0:
        os.read(0, 1)
        os._exit(0)
    return child


def main(path: Path) -> None:
    turnstile = Turnstile(path)
    print("ready", flush=True)
    # Unbuffered, so that a child finds nothing read ahead.
    while step := os.read(0, 100).decode().strip():
        if step == "fork":
            print(fork_a_waiting_child(), flush=True)
        else:
            {"enter": turnstile.enter, "leave": turnstile.leave}[step]()
            print(step, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
