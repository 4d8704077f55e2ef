"""Whether a function's time grows with its input, not with the input's square."""

import time
from collections.abc import Callable


def is_linear(read: Callable, make: Callable[[int], object], size: int) -> bool:
    """Whether ``read(make(4 * size))`` takes well under 16 times as long as ``read(make(size))``.

    Processor time, the best of three. Below 100 milliseconds noise decides, and everything passes; from
    10 seconds on nothing does: then the square hides behind some other limit.
    """
    small, large = _best(read, make(size)), _best(read, make(4 * size))
    return large < 0.1 or large < min(10 * small, 10)


def _best(read: Callable, given: object) -> float:
    times = []
    for _ in range(3):
        start = time.process_time()
        read(given)
        times.append(time.process_time() - start)
        if times[-1] > 1:
            break
    return min(times)
