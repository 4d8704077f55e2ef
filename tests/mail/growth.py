"""Whether a function's time grows with its input, not with the input's square."""

import time
from collections.abc import Callable


def is_linear(read: Callable, make: Callable[[int], object], size: int) -> bool:
    """Whether ``read(make(4 * size))`` takes well under 16 times as long as ``read(make(size))``.

    The best of three each, so that a busy machine does not decide it. Below 20 milliseconds noise
    decides, and everything passes; from 10 seconds on nothing does: then the square hides behind some other limit.
    """
    small, large = _best(read, make(size)), _best(read, make(4 * size))
    return large < 0.02 or large < min(10 * small, 10)


def _best(read: Callable, given: object) -> float:
    times = []
    for _ in range(3):
        start = time.perf_counter()
        read(given)
        times.append(time.perf_counter() - start)
        if times[-1] > 1:
            break
    return min(times)
