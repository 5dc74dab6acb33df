"""What the sealed trail says of addresses: that one was given, proved or taken away, never what it was."""

from collections.abc import Iterator, Sequence

from shanzhi.notices.models import Address
from shanzhi.tenancy.fields import EncryptedTextField
from shanzhi.trail.trails import track, trail_labels


def values_agree(rows: Sequence[Address]) -> Iterator[str]:
    """A sentence for each address whose sealed value is not the one that its proved digest stands for."""
    field = Address._meta.get_field("value")
    assert isinstance(field, EncryptedTextField)
    for row in rows:
        found = Address.objects.filter(id=row.id, version=row.version).first()
        if found is not None and found.digest != (field.blind_index(found.value) if found.value else ""):
            yield f"{found.name}的联系地址（编号 {found.id}）被改过，和留痕对不上。"


track(Address, also=values_agree)
trail_labels(
    {
        "notices.address.given": "填写联系地址",
        "notices.address.verified": "核实联系地址",
        "notices.address.removed": "删除联系地址",
    }
)
