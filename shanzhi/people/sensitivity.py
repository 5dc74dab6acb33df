"""Which field of the registers says what of a person, how it is kept, and where it is shown. A test holds that every
column of every model stands here, and that what is sealed here is sealed there.

Classes after the Personal Information Protection Law: `SENSITIVE` is what article 28 names (health, minors, identity,
position of the home), `PERSONAL` anything else of a person (4), `INDEX` a keyed digest by which it is found, `NONE`
what says nothing of a person by itself.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Klass(StrEnum):
    SENSITIVE = "敏感个人信息"
    PERSONAL = "个人信息"
    INDEX = "查找用的密文摘要"
    NONE = "不是个人信息"


@dataclass(frozen=True, slots=True)
class Handling:
    """How a class of fields is kept and where it is shown, in words for the document and the resident."""

    klass: Klass
    kept: str
    shown: str


SEALED: Final = Handling(Klass.SENSITIVE, "加密", "遮住；写明用途后显示 60 秒，留下记录")
CARED: Final = Handling(Klass.SENSITIVE, "加密", "只给关爱类别写明的岗位")
ASKED: Final = Handling(Klass.PERSONAL, "加密", "办理申请的岗位和本人")
CLEAR: Final = Handling(Klass.PERSONAL, "明文", "辖区内的登记岗位；辖区外遮住")
INDEXED: Final = Handling(Klass.INDEX, "带密钥的摘要", "不显示")
PLAIN: Final = Handling(Klass.NONE, "明文", "辖区内的登记岗位")

_WHERE: Final = ("lives", "lives_path", "lives_elsewhere", "registered", "registered_path", "registered_elsewhere",
                 "dwelling", "household", "relation")  # fmt: skip
_ACTOR: Final = ("actor_name", "actor_post")
FIELDS: Final[dict[str, dict[Handling, tuple[str, ...]]]] = {
    "Resident": {
        SEALED: ("paper_number", "phone"), INDEXED: ("paper_index", "phone_index"),
        CLEAR: ("name", "given", "last", "initials", "sex", "born_on", "papers", "population", "died_on", "gone_on",
                "last_path", *_WHERE),
        PLAIN: ("source", "created_at", "version"),
    },
    "Stay": {
        CLEAR: ("resident", "since", "until", "population", "change", "note", *_WHERE),
        PLAIN: ("void", "recorded_at", *_ACTOR),
    },
    "Dwelling": {
        SEALED: ("door",), INDEXED: ("address_index",), CLEAR: ("road", "lon", "lat", "photo"),
        PLAIN: ("area", "area_path", "use", "gone_on", "created_at", "version"),
    },
    "Household": {
        PLAIN: ("number", "kind", "area", "area_path", "opened_on", "closed_on", "created_at", "version"),
    },
    "HouseholdNumber": {PLAIN: ("year", "last")},
    "Membership": {
        CARED: ("group", "reason", "ended_because", "resident", "path", "since", "until", "seen_on", "due_on"),
        INDEXED: ("group_index",), PLAIN: ("created_at", "version", *_ACTOR),
    },
    "Kin": {
        SEALED: ("phone",), CLEAR: ("resident", "other", "name", "tie", "is_guardian", "is_contact", "since", "until",
                                    "note"),
        PLAIN: ("created_at", "version", *_ACTOR),
    },
    "Look": {
        CLEAR: ("resident_id", "text"), PLAIN: ("user", "by", "what", "fields", "purpose", "at"),
    },
    "Request": {
        ASKED: ("text", "answer"), CLEAR: ("resident", "kind", "path"),
        PLAIN: ("state", "asked_at", "taken_by", "decided_at", "decided_by", "version"),
    },
    "RegisterImport": {
        PLAIN: ("file", "name", "path", "state", "job_id", "as_of", "header", "samples", "columns", "so_far", "problem",
                "counts", "created_by", "created_by_name", "created_by_post", "created_at", "applied_at", "version"),
    },
    "RegisterFault": {
        Handling(Klass.SENSITIVE, "加密", "只给导入的人，作为要改的文件"): ("raw",),
        PLAIN: ("source", "number", "column", "sentence"),
    },
    "RegisterExport": {
        PLAIN: ("file", "path", "place", "population", "purpose", "text", "whole", "ending", "state", "count", "job_id",
                "created_by", "created_by_name", "created_by_post", "created_at", "expires_at", "version"),
    },
    "Search": {
        Handling(Klass.PERSONAL, "加密", "只给查找的人，一小时后删除"): ("text",),
        PLAIN: ("user", "area_code", "created_at"),
    },
    "Mapping": {PLAIN: ("signature", "columns", "used_at")},
}  # fmt: skip


def handling(model: str, field: str) -> Handling | None:
    """How this column is handled; None for one that nobody thought of."""
    for one, names in FIELDS.get(model, {}).items():
        if field in names:
            return one
    return None
