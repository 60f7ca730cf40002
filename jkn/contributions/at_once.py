"""Pieces of a long run, done by several threads with a connection each, told in their order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from jkn.db import let_go, on_sqlite

AHEAD = 2  # pieces begun for each thread, so that none waits for whoever counts what is done


def at_once(act: Callable[[range], int], pieces: Iterable[range], workers: int) -> Iterator[tuple[range, int]]:
    """Each piece with what `act` gives for it. Every piece before one that is told is done.

    Pieces must not hang on each other. SQLite has one writer: there they are done one after another.
    """
    if workers == 1 or on_sqlite():
        yield from ((piece, act(piece)) for piece in pieces)
        return

    def done(piece: range) -> int:
        try:
            return act(piece)
        finally:
            let_go()

    begun: deque = deque()
    with ThreadPoolExecutor(workers) as threads:
        try:
            for piece in pieces:
                begun.append((piece, threads.submit(done, piece)))
                if len(begun) > AHEAD * workers:
                    first, running = begun.popleft()
                    yield first, running.result()
            while begun:
                first, running = begun.popleft()
                yield first, running.result()
        finally:
            threads.shutdown(cancel_futures=True)
