"""What is asked of somebody who comes often: work of their browser, or the answer to a plain question.

A challenge is signed and kept nowhere; it is for one act, one visitor (the same browser or the same address) and ten
minutes. Its serial is written down when it was used, right or wrong, so that it serves once.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from django.core.signing import BadSignature, Signer

from shanzhi.cases.gate.numerals import number_read, numeral
from shanzhi.cases.gate.visitors import Visitor
from shanzhi.tenancy.context import current
from shanzhi.tenancy.keyring import key_ring

LASTS: Final = timedelta(minutes=10)
BITS: Final = 14  # at the first level: 16,000 hashes on average, below a second on an old phone
MOST_LEVELS: Final = 5
LONGEST: Final = 600
NONCE: Final = 20
MARK: Final = 16
WORK, QUESTION = "work", "question"
ANSWER: Final = "cases_gate.answer"
HASH: Final = "sha256(sha256(challenge).hex[:32] + ':' + nonce), nonce in decimal digits"
CALENDAR: Final = (
    ("一个星期有几天？", 7), ("一年有几个月？", 12), ("一只手有几根手指？", 5), ("一天有几个小时？", 24),
    ("两只手一共有几根手指？", 10), ("国庆节是十月几号？", 1), ("儿童节是六月几号？", 1), ("一年有几个季节？", 4),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proof:
    """What came back: the signed challenge, and the nonce that was found or the answer that was typed."""

    challenge: str = ""
    answer: str = ""

    @property
    def is_given(self) -> bool:
        return bool(self.challenge and self.answer.strip())


@dataclass(frozen=True, slots=True)
class Challenge:
    """Both ways to prove oneself; either will do. `bits` is how many leading zero bits the work needs."""

    act: str
    work: str
    bits: int
    question: str
    words: str

    def members(self) -> dict[str, Any]:
        """For a program: what to solve, and how."""
        return {
            "challenge": {
                "work": {"challenge": self.work, "bits": self.bits, "hash": HASH},
                "question": {"challenge": self.question, "words": self.words},
            }
        }


@dataclass(frozen=True, slots=True)
class Opened:
    """A challenge whose signature holds: its serial, when it ends, and whether the answer is right."""

    serial: str
    expires_at: datetime
    right: bool


def challenge_new(visitor: Visitor, act: str, *, level: int, at: datetime) -> Challenge:
    """`level` 0 is the usual; each one more doubles the work, five at most."""
    bits = BITS + min(max(level, 0), MOST_LEVELS)
    words, answer = _asked()
    serial = secrets.token_hex(MARK)
    common = {"v": _marks(visitor), "a": act, "t": int((at + LASTS).timestamp())}
    return Challenge(
        act=act,
        work=_signer().sign_object({**common, "k": WORK, "s": secrets.token_hex(MARK), "b": bits}),
        bits=bits,
        question=_signer().sign_object({**common, "k": QUESTION, "s": serial, "r": _blind(serial, answer)}),
        words=words,
    )


def opened(proof: Proof, visitor: Visitor, act: str, *, at: datetime) -> Opened | None:
    """None for what we did not sign, for somebody or something else, and for what is over."""
    if len(proof.challenge) > LONGEST:
        return None
    try:
        data = _signer().unsign_object(proof.challenge)
    except (BadSignature, ValueError):
        return None
    ends = datetime.fromtimestamp(data["t"], UTC)
    # One of the two may have changed on the way: a phone changes its network, a browser keeps no mark.
    if data["a"] != act or at > ends or not set(data["v"]) & set(_marks(visitor)):
        return None
    if data["k"] == WORK:
        return Opened(data["s"], ends, worked(proof.challenge, proof.answer, data["b"]))
    answer = number_read(proof.answer)
    return Opened(data["s"], ends, answer is not None and _blind(data["s"], answer) == data["r"])


def worked(challenge: str, nonce: str, bits: int) -> bool:
    """Whether the hash begins with so many zero bits; a nonce is up to 20 decimal digits."""
    if not nonce or len(nonce) > NONCE or not nonce.isascii() or not nonce.isdigit():
        return False
    return leading(hashed(challenge, nonce)) >= bits


def hashed(challenge: str, nonce: str) -> bytes:
    """SHA-256 over 32 hexadecimal signs of the challenge's own, a colon and the nonce: one block, quick on a phone."""
    head = sha256(challenge.encode()).hexdigest()[:32]
    return sha256(f"{head}:{nonce}".encode()).digest()


def leading(digest: bytes) -> int:
    """Leading zero bits."""
    return len(digest) * 8 - int.from_bytes(digest, "big").bit_length()


def solve(challenge: str, bits: int) -> str:
    """The smallest nonce; what a browser does, for programs of ours and tests."""
    nonce = 0
    while leading(hashed(challenge, str(nonce))) < bits:
        nonce += 1
    return str(nonce)


def _signer() -> Signer:
    return Signer(salt=f"cases.gate.{current()}")


def _marks(visitor: Visitor) -> list[str]:
    return [visitor.device[:MARK], visitor.address[:MARK]]


def _blind(serial: str, answer: int) -> str:
    return key_ring().blind(f"{serial}:{answer}", ANSWER)[:32]


def _asked() -> tuple[str, int]:
    return secrets.choice(SORTS)()


def _plus() -> tuple[str, int]:
    a, b = secrets.randbelow(9) + 1, secrets.randbelow(9) + 1
    return f"{numeral(a)}加{numeral(b)}等于几？", a + b


def _minus() -> tuple[str, int]:
    b, rest = secrets.randbelow(9) + 1, secrets.randbelow(9) + 1
    return f"{numeral(b + rest)}减{numeral(b)}等于几？", rest


def _largest() -> tuple[str, int]:
    rows = secrets.SystemRandom().sample(range(1, 30), 3)
    return f"{'、'.join(map(numeral, rows))}，哪个数最大？", max(rows)


def _after() -> tuple[str, int]:
    a = secrets.randbelow(28) + 1
    return f"{numeral(a)}后面的一个数是几？", a + 1


def _known() -> tuple[str, int]:
    return secrets.choice(CALENDAR)


SORTS: Final[tuple[Callable[[], tuple[str, int]], ...]] = (_plus, _minus, _largest, _after, _known)
