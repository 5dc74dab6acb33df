"""The suggestion of a kind while somebody types: learned from 20,000 cases over 40 kinds, asked of 200 characters.

Needs no database and no server: what a request adds to it is that of every page. The limit is the issue's, 2 ms.
"""

import gc
import time
from collections.abc import Iterator
from random import Random
from statistics import quantiles
from typing import Final

from bench.report import Result
from shanzhi.lib.bayes import Model, Trainer

KINDS: Final = 40
CASES: Final = 20_000
LENGTH: Final = 200
LEARNED_LENGTH: Final = 60
ASKED: Final = 500
OWN: Final = 0.25  # share of words that are of the kind
HAN: Final = 0x4E00


def words(dice: Random, count: int, characters: int) -> list[str]:
    """Words of two characters out of the so many commonest."""
    return [chr(HAN + dice.randrange(characters)) + chr(HAN + dice.randrange(characters)) for _ in range(count)]


def texts(count: int, length: int, *, seed: int) -> Iterator[tuple[str, str]]:
    """(text, kind): common words as often as in a language, among them some of the kind's own, and punctuation."""
    dice = Random(20)
    common = words(dice, 2000, 2500)
    own = [words(dice, 60, 3500) for _ in range(KINDS)]
    weights = [1 / (rank + 5) for rank in range(len(common))]
    dice = Random(seed)
    for number in range(count):
        kind = number % KINDS
        said = [
            dice.choice(own[kind]) if dice.random() < OWN else word
            for word in dice.choices(common, weights, k=length // 2)
        ]
        for place in range(8, len(said), 9):
            said[place] = said[place][0] + "，"
        yield "".join(said), f"kind{kind:02}"


def learned(cases: int = CASES) -> Model:
    trainer = Trainer()
    for text, kind in texts(cases, LEARNED_LENGTH, seed=1):
        trainer.add(text, kind)
    return trainer.model()


def measure(*, cases: int = CASES, asked: int = ASKED) -> Result:
    """Milliseconds a text, one after another; `params` say how long the learning took and how large the model is."""
    began = time.perf_counter()
    model = learned(cases)
    took = time.perf_counter() - began
    stored = model.to_bytes()
    model = Model.from_bytes(stored)  # as a process of the server has it
    unseen = list(texts(asked, LENGTH, seed=2))
    for text, _ in unseen[:20]:
        model.predict(text)
    gc.collect()
    spans, right, processor = [], 0, time.process_time()
    for text, kind in unseen:
        start = time.perf_counter()
        found = model.predict(text)
        spans.append((time.perf_counter() - start) * 1000)
        right += bool(found) and found[0][0] == kind
    processor = (time.process_time() - processor) * 1000
    cuts = quantiles(spans, n=100)
    return Result(
        "suggestion", cpu_ms=processor / asked, p50_ms=cuts[49], p95_ms=cuts[94], per_s=1000 * asked / sum(spans),
        params={
            "kinds": KINDS, "cases": cases, "characters": LENGTH, "grams": len(model.rows), "bytes": len(stored),
            "learned_s": round(took, 1), "right": f"{right}/{asked}",
        },
    )  # fmt: skip
