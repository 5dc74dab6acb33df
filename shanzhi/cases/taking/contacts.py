"""Who called, came or wrote: taken down with the case, named as far as the reader may know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shanzhi.access.actor import Actor, ActorPost
from shanzhi.cases import permissions
from shanzhi.cases.callbacks.selectors import is_calling
from shanzhi.cases.catalogue import TAKEN_DOWN, Source
from shanzhi.cases.kinds.answers import PHONE
from shanzhi.cases.models import Case, Contact, Receipt, Reveal
from shanzhi.cases.seeing import seen
from shanzhi.cases.selectors.lists import in_scope
from shanzhi.cases.taking.secrets import digest_of, secret_new
from shanzhi.cases.turns import dealing_posts
from shanzhi.lib.masks import name_mask, phone_mask
from shanzhi.lib.phones import phone_read
from shanzhi.tenancy.fields import EncryptedTextField
from shanzhi.trail.services import record

NAME: Final = 40
EARLIER: Final = 5
# Sources that somebody without an account stands behind: they get a receipt, and staff need a permission of their own.
FOR_OTHERS: Final = frozenset(TAKEN_DOWN) - {Source.DESK}
CAME: Final[dict[str, str]] = {
    Source.PHONE: "来电", Source.COUNTER: "来访", Source.BOX: "意见箱", Source.PAPER: "来信", Source.MEDIA: "媒体网络",
    Source.DESK: "提供情况",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ContactIn:
    """What staff take down of somebody: all of it may be left out."""

    name: str = ""
    phone: str = ""
    wants_reply: bool = False

    @property
    def is_given(self) -> bool:
        return bool(self.name.strip() or self.phone.strip())


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who called, as one reader reads it. `phone` is masked, and empty for whoever may not have it shown."""

    name: str
    came: str
    has_phone: bool
    phone: str
    wants_reply: bool
    may_reveal: bool


def contact_faults(contact: ContactIn | None) -> dict[str, list[str]]:
    """Sentences by the field of the form that has to be mended."""
    if contact is None:
        return {}
    faults: dict[str, list[str]] = {}
    if len(contact.name.strip()) > NAME:
        faults["caller"] = [f"姓名最多写 {NAME} 字。"]
    phone = phone_read(contact.phone)
    if phone and not PHONE.fullmatch(phone):
        faults["phone"] = ["电话不对，请核对：手机号 11 位，座机带区号。"]
    return faults


def index_of(phone: str) -> str:
    """By what a number is found again; without the server's key it says nothing."""
    return EncryptedTextField.index_in(Contact, "phone", phone)


def take_down(
    actor: Actor, case: Case, contact: ContactIn | None, *, at: datetime, post: ActorPost | None, secret: str = ""
) -> None:
    """Write who it was and a receipt to take home, in the transaction in which the case begins.

    `secret` opens a receipt that was given out before there was a case; by default a new one is drawn.
    """
    if contact is not None and contact.is_given:
        phone = phone_read(contact.phone)
        row = Contact(
            case=case, name=" ".join(contact.name.split()), phone=phone, phone_index=index_of(phone) if phone else "",
            wants_reply=contact.wants_reply,
        )  # fmt: skip
        row.save()
        record(actor=actor, code="cases.contact.taken", obj=row, at=at, post=post)
    elif case.source not in FOR_OTHERS and case.reporter_id is not None:
        return
    secret = secret or secret_new()
    receipt = Receipt.objects.create(case=case, digest=digest_of(secret), secret=secret, created_at=at)
    record(actor=actor, code="cases.receipt.made", obj=receipt, at=at, post=post)


def handling_posts(actor: Actor, case: Case, permission: str = permissions.CONTACT) -> list[ActorPost]:
    """Posts of those who deal with the person: of the level in charge, and of whoever handles the case now."""
    return dealing_posts(actor, case, permission)


def is_taken_down(case: Case) -> bool:
    """Whether there may be a contact at all; asked before any statement."""
    return case.source in TAKEN_DOWN or case.reporter_id is None


def contact_of(case: Case) -> Contact | None:
    """One statement, none for a case that nobody took down. A part was told by whoever told the whole."""
    if case.source == Source.PART and case.parent_id is not None:
        return Contact.objects.filter(case_id=case.parent_id).first()
    return Contact.objects.filter(case_id=case.id).first() if is_taken_down(case) else None


def caller_of(actor: Actor, case: Case) -> Caller | None:
    """Who called, as this person may read it: the name whole and the masked number for those who deal with it."""
    contact = contact_of(case)
    if contact is None:
        return None
    deals = bool(handling_posts(actor, case)) or is_calling(actor, case)
    return Caller(
        name=contact.name if deals else name_mask(contact.name),
        came=CAME.get(case.source, "反映"),
        has_phone=bool(contact.phone_index),
        phone=phone_mask(contact.phone) if deals else "",
        wants_reply=contact.wants_reply,
        may_reveal=deals and bool(contact.phone_index),
    )


def earlier_cases(actor: Actor, phone: str) -> tuple[Sequence[Case], int]:
    """The newest five matters of a number that this person may see, and how many there are; none for half a number."""
    number = phone_read(phone[:40])
    if len(number) < 7 or not PHONE.fullmatch(number):
        return [], 0
    of_it = Contact.objects.filter(phone_index=index_of(number)).values("case_id")
    rows = Case.objects.filter(in_scope(actor), seen(actor), id__in=of_it)
    return list(rows.select_related("area__parent").order_by("-received_at", "-id")[:EARLIER]), rows.count()


def reveals_of(case: Case) -> list[Reveal]:
    """Who had the number shown, the newest first."""
    return list(Reveal.objects.filter(case_id=case.id).order_by("-at", "-id")[:200])
