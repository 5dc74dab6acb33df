"""Which label a short Chinese text most likely has, learned from texts that people have labelled.

Naive Bayes over character n-grams (1–3), no dictionary and no word segmenter. A gram counts once a text. Its weight
for a label is log P(gram | label) − log P(gram | all other labels), both with Laplace's smoothing: against its
complement a frequent label does not win by its size alone, that is the prior's business (where a county has only a
few hundred cases this is right for four or five of a hundred texts more than the plain likelihood).

Everything kept is a whole number: a weight is in units of 1/20 nat, the weights of a gram stand side by side in one
big integer, 24 bits a label, so that a text is judged by one sum of integers. Digits are never learned (telephone
and identity numbers are made of them), nor what was seen in fewer than two texts.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from shanzhi.lib.bigrams import SCRIPT

LENGTH: Final = 1000  # characters that are read of a text: what it is about is said early
MAX_GRAMS: Final = 200_000  # held while learning; when there are more, the rarest go
KEPT: Final = 20_000  # kept in a model
MAX_LABELS: Final = 100
FEW: Final = 3  # a text with fewer known grams than this says nothing
ALPHA: Final = 0.1
UNIT: Final = 20  # weights a nat
HIGHEST: Final = 255
LANE: Final = 3  # bytes of a label: 1,000 characters have fewer than 3,000 grams, 3,000 × 255 < 2^24
MASK: Final = (1 << 8 * LANE) - 1
TEMPERATURES: Final = (100, 200, 400, 800, 1200, 1600, 2400, 3200, 4800, 6400)
UNCALIBRATED: Final = 1600
MAGIC: Final = b"SZB1"
MAX_BYTES: Final = 16 * 1024 * 1024

_RUNS: Final = re.compile(f"[{SCRIPT}]+|[a-z]+")


def grams(text: str) -> set[str]:
    """Characters, pairs and triples of Chinese, and whole latin words of up to 12 letters."""
    found: set[str] = set()
    # Normalising may make a text eighteen times longer, so it is cut on both sides of it.
    normal = unicodedata.normalize("NFKC", text[:LENGTH]).casefold()[:LENGTH]
    for match in _RUNS.finditer(normal):
        run = match.group()
        if run[0].isascii():
            found.add(run[:12])
            continue
        found.update(run)
        found.update(map("".join, pairwise(run)))
        found.update(map("".join, zip(run, run[1:], run[2:], strict=False)))
    return found


def _lanes(row: int, count: int) -> list[int]:
    data = row.to_bytes(count * LANE, "little")
    return [int.from_bytes(data[at : at + LANE], "little") for at in range(0, count * LANE, LANE)]


def _row(values: bytes) -> int:
    spread = bytearray(len(values) * LANE)
    spread[::LANE] = values
    return int.from_bytes(spread, "little")


class Trainer:
    """Counts of what was seen so far; pairs may come in any order and any number, and give the same model.

    Memory is bounded: at most `max_grams` grams (beyond that the rarest are forgotten, so then the order of the
    pairs matters a little) and 100 labels, of which the first to come are kept.
    """

    def __init__(self, max_grams: int = MAX_GRAMS) -> None:
        self.max_grams = max_grams
        self.cases = 0
        self._labels: dict[str, int] = {}
        self._texts: list[int] = []  # texts a label
        self._counts: dict[str, int] = {}  # lane 0: texts with this gram; lane n + 1: those of label n

    def add(self, text: str, label: str) -> bool:
        """Learn from one text; False if there was nothing in it to learn from, or one label too many."""
        found = grams(text)
        number = self._labels.get(label)
        if not found or (number is None and len(self._labels) >= MAX_LABELS):
            return False
        if number is None:
            number = self._labels[label] = len(self._labels)
            self._texts.append(0)
        self._texts[number] += 1
        self.cases += 1
        one, counts = 1 | 1 << 8 * LANE * (number + 1), self._counts
        for gram in found:
            counts[gram] = counts.get(gram, 0) + one
        if len(counts) > self.max_grams:
            self._forget()
        return True

    def texts_by_label(self) -> dict[str, int]:
        return {label: self._texts[number] for label, number in self._labels.items()}

    def _forget(self) -> None:
        """Drop what was seen once, then twice, … until half of the room is free."""
        least = 1
        while len(self._counts) > self.max_grams // 2:
            self._counts = {gram: row for gram, row in self._counts.items() if row & MASK > least}
            least += 1

    def model(self, temperature: int = UNCALIBRATED) -> Model:
        """What has been learned so far. The trainer may go on afterwards."""
        labels = sorted(self._labels)
        places = [self._labels[label] + 1 for label in labels]
        common = sorted((-(row & MASK), gram) for gram, row in self._counts.items() if row & MASK > 1)[:KEPT]
        counted = [(gram, _lanes(self._counts[gram], len(places) + 1)) for _, gram in common]
        sizes = [sum(row[place] for _, row in counted) for place in places]
        weigh = _Weigher(sizes, len(counted))
        rows = {gram: _row(weigh(row[0], [row[place] for place in places])) for gram, row in counted}
        texts = [self._texts[place - 1] for place in places]
        priors = [round(UNIT * math.log((count + 1) / (self.cases + len(labels)))) for count in texts]
        return Model(tuple(labels), tuple(priors), rows, temperature)


class _Weigher:
    """Turns the counts of a gram into its weights; what all labels have in common is left out."""

    def __init__(self, sizes: Sequence[int], vocabulary: int) -> None:
        everything, smooth = sum(sizes), ALPHA * vocabulary
        self._size_odds = [math.log(everything - size + smooth) - math.log(size + smooth) for size in sizes if smooth]
        self._logs: dict[int, float] = {}

    def _log(self, count: int) -> float:
        if count not in self._logs:
            self._logs[count] = math.log(count + ALPHA)
        return self._logs[count]

    def __call__(self, total: int, counts: Sequence[int]) -> bytes:
        odds = [
            self._log(count) - self._log(total - count) + size
            for count, size in zip(counts, self._size_odds, strict=True)
        ]
        least = min(odds)
        return bytes(min(HIGHEST, round(UNIT * (one - least))) for one in odds)


@dataclass(frozen=True)
class Model:
    """What was learned, for asking only. `temperature` is in hundredths: overlapping grams say the same thing
    several times, so their evidence is divided by it before it becomes a probability."""

    labels: tuple[str, ...]
    priors: tuple[int, ...]
    rows: dict[str, int] = field(repr=False)
    temperature: int = UNCALIBRATED

    def evidence(self, text: str) -> list[int]:
        """For each label the sum of the weights of this text's grams; empty if too few of them are known."""
        rows = self.rows
        known = [rows[gram] for gram in grams(text) if gram in rows]
        return _lanes(sum(known), len(self.labels)) if len(known) >= FEW else []

    def predict(self, text: str, top: int = 3) -> list[tuple[str, float]]:
        """The likeliest labels with their probabilities, the best first; empty for a text that says nothing.

        Labels that are equally likely come in the order of their names.
        """
        sums = self.evidence(text)
        if not sums:
            return []
        chances = self.probabilities(sums, self.temperature)
        ranked = sorted(zip(chances, self.labels, strict=True), key=lambda one: (-one[0], one[1]))
        return [(label, chance) for chance, label in ranked[:top]]

    def probabilities(self, sums: Sequence[int], temperature: int) -> list[float]:
        scale = 100 / temperature
        scores = [(prior + one * scale) / UNIT for prior, one in zip(self.priors, sums, strict=True)]
        highest = max(scores)
        shares = [math.exp(score - highest) for score in scores]
        whole = sum(shares)
        return [share / whole for share in shares]

    def calibrated(self, pairs: Iterable[tuple[str, str]]) -> Model:
        """The same model at the temperature under which these pairs, unseen so far, surprise it least."""
        losses, numbers = dict.fromkeys(TEMPERATURES, 0.0), {label: n for n, label in enumerate(self.labels)}
        tried = 0
        for text, label in pairs:
            sums = self.evidence(text)
            if not sums or label not in numbers:
                continue
            tried += 1
            for temperature in TEMPERATURES:
                chance = self.probabilities(sums, temperature)[numbers[label]]
                losses[temperature] -= math.log(max(chance, 1e-12))
        return replace(self, temperature=min(losses, key=losses.__getitem__)) if tried else self

    def to_bytes(self) -> bytes:
        """Compact and the same for the same model: whole numbers and characters only."""
        names = sorted(self.rows)
        head = {"labels": self.labels, "priors": self.priors, "temperature": self.temperature, "grams": " ".join(names)}
        weights = b"".join(bytes(_lanes(self.rows[gram], len(self.labels))) for gram in names)
        text = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
        return MAGIC + zlib.compress(text + b"\0" + weights, 9)

    @classmethod
    def from_bytes(cls, data: bytes) -> Model:
        """ValueError for anything that `to_bytes` did not write."""
        if data[:4] != MAGIC:
            raise ValueError("no model of this kind")
        try:
            plain = zlib.decompressobj().decompress(data[4:], MAX_BYTES)
            text, _, weights = plain.partition(b"\0")
            head = json.loads(text)
            names, labels = head["grams"].split(), tuple(head["labels"])
            width, temperature, priors = len(labels), int(head["temperature"]), tuple(map(int, head["priors"]))
        except (zlib.error, KeyError, TypeError, AttributeError) as error:
            raise ValueError("a damaged model") from error
        if len(weights) != width * len(names) or len(priors) != width or temperature < 1:
            raise ValueError("a damaged model")
        rows = {gram: _row(weights[at * width : (at + 1) * width]) for at, gram in enumerate(names)}
        return cls(labels, priors, rows, temperature)
