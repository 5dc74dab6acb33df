"""What a row needs before it is compared with the register: blind indexes and initials, made without the database."""

from collections.abc import Callable
from typing import NamedTuple

from shanzhi.lib.pinyin import name_initials
from shanzhi.people.importing.checking import Person
from shanzhi.people.models import Dwelling, Resident
from shanzhi.people.numbers import address_read
from shanzhi.tenancy.fields import EncryptedTextField
from shanzhi.tenancy.keyring import key_ring


class Ready(NamedTuple):
    """A person of the list with what they are found by."""

    person: Person
    paper_index: str
    phone_index: str
    address_index: str
    initials: str


def _place(model: type, name: str) -> str:
    field = model._meta.get_field(name)  # type: ignore[attr-defined]
    assert isinstance(field, EncryptedTextField)
    return field.place


def preparer() -> Callable[[Person], Ready]:
    """The indexes are those of `numbers`, with the key and the columns looked up once."""
    blind = key_ring().blind
    paper, phone, door = _place(Resident, "paper_number"), _place(Resident, "phone"), _place(Dwelling, "door")

    def ready(one: Person) -> Ready:
        return Ready(
            one,
            blind(one.paper, paper) if one.paper else "",
            blind(one.phone, phone) if one.phone else "",
            blind(address_read(one.road + one.door), door) if one.door else "",
            name_initials(one.name),
        )

    return ready
