"""How each act looks from outside: address, fields, words; pages and API are made from it."""

from dataclasses import dataclass
from typing import Final

from shanzhi.clues.catalogue import Act


@dataclass(frozen=True, slots=True)
class Spec:
    """`slug` is the resource that the act makes; `fields` what is asked, in order; `note` its label and hint."""

    act: Act
    slug: str
    icon: str
    fields: tuple[str, ...]
    note: tuple[str, str]
    done: str
    api: str


_MAY: Final = ("说明", "只有专办员看得到。")
TRANSFER: Final = ("organ", "organ_name", "document", "on", "receiver", "note", "told")
SPECS: Final = (
    Spec(Act.ASSIGN, "assignments", "user-check", ("officers", "note", "told"), _MAY, "已分派，会通知新分派到的人", "Assign a clue"),
    Spec(Act.CHECK, "checks", "player-play", ("note", "told"), _MAY, "已开始核查", "Begin checking"),
    Spec(Act.RESUME, "resumptions", "clock-play", ("note", "told"), _MAY, "已接着核查", "Go on checking"),
    Spec(Act.TRANSFER, "transfers", "send", TRANSFER, _MAY, "已记下移送，可以打印移送函", "Transfer a clue to an organ"),
    Spec(Act.CONCLUDE, "conclusions", "circle-check", ("result", "note", "told"),
         ("查了什么、怎么定的", "只有专办员看得到。"), "已办结", "Conclude a clue"),
    Spec(Act.WAIT, "pauses", "clock-pause", ("note", "told"), ("为什么暂缓、等什么", "只有专办员看得到。"), "已暂缓",
         "Put a clue on hold"),
    Spec(Act.REOPEN, "reopenings", "rotate-2", ("note", "told"), ("为什么重新核查", "只有专办员看得到。"), "已重新核查",
         "Check a clue again"),
    Spec(Act.TELL, "words", "message", ("told",), _MAY, "举报人凭回执能看到这句话了", "Tell the informant"),
    Spec(Act.NOTE, "notes", "note", ("note",), ("记什么", "只有专办员看得到。"), "已记下", "Write a note"),
)  # fmt: skip
BY_ACT: Final = {spec.act: spec for spec in SPECS}
