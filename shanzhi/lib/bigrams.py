"""Search tokens of Chinese text: overlapping pairs of characters, which find 路灯 in 路灯不亮.

Guarantee: if a run of two or more Chinese characters, or a whole latin word, occurs in a text, then every query token
of it is among the tokens of the text. No dictionary, so no word is missed because a segmenter cut elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Han characters, and the syllables of Yi and Korean, which are written without blanks or with few, too.
SCRIPT = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f\u3007\ua000-\ua48c\uac00-\ud7a3"
_RUNS = re.compile(f"[{SCRIPT}]+|[a-z0-9]+")
MAX_QUERY_TOKENS = 16


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _runs(text: str) -> Iterator[str]:
    for match in _RUNS.finditer(_normal(text)):
        yield match.group()


def _pieces(run: str) -> list[str]:
    if run[0].isascii() or len(run) == 1:
        return [run]
    return [run[at : at + 2] for at in range(len(run) - 1)]


def tokens(text: str) -> list[str]:
    """Tokens to store, in order of first appearance, each once."""
    return list(dict.fromkeys(piece for run in _runs(text) for piece in _pieces(run)))


def query_tokens(text: str) -> list[str]:
    """Tokens that all must be present; at most 16, so that a pasted page does not become an endless condition.

    A single Chinese character yields a token only if the whole query has nothing longer: it would match only texts in
    which it stands alone, and so would hide results that the rest of the query finds.
    """
    found = tokens(text)
    longer = [token for token in found if len(token) > 1 or token.isascii()]
    return (longer or found)[:MAX_QUERY_TOKENS]
