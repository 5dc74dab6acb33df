"""Several at the same moment, each in a thread and a connection of its own."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

from shanzhi.tenancy.context import county

START, END = 10, 60  # seconds


def together(*works: Callable[[], Any], county_id: int = 341181) -> list[Any]:
    """Results in order, an error in the place of the one that it stopped; the test says which errors may be.

    The rows that they meet at have to be committed. AssertionError if one of them never comes back.
    """
    gate = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        try:
            gate.wait(START)
            with county(county_id):
                results[place] = work()
        except Exception as error:  # noqa: BLE001 - whatever stopped it is its result
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(END)
    assert not any(thread.is_alive() for thread in threads), "one of them waits for ever"
    return results
