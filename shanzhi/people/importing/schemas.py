"""What programs get of the imports of population lists."""

from datetime import date, datetime

from ninja import Schema

from shanzhi.people.models import RegisterFault, RegisterImport


class RegisterImportOut(Schema):
    """A list with its state and, once it was checked, how many rows are new, changed, the same, or bad."""

    id: str
    name: str
    state: str
    problem: str
    as_of: date
    rows: int
    new: int
    changed: int
    same: int
    bad: int
    created_at: datetime
    version: int

    @classmethod
    def of(cls, sent: RegisterImport) -> "RegisterImportOut":
        counts = sent.counts or sent.so_far
        told = {name: int(counts.get(name, 0)) for name in ("rows", "new", "changed", "same", "bad")}
        return cls(
            id=str(sent.id), name=sent.name, state=sent.state, problem=sent.problem, as_of=sent.as_of,
            created_at=sent.created_at, version=sent.version, **told,
        )  # fmt: skip


class RegisterImportListOut(Schema):
    items: list[RegisterImportOut]
    next: str | None


class RegisterFaultOut(Schema):
    """A bad row: its number, the column, what to do. The row itself comes with the file of bad rows only."""

    row: int
    column: str
    sentence: str

    @classmethod
    def of(cls, fault: RegisterFault) -> "RegisterFaultOut":
        return cls(row=fault.number, column=fault.column, sentence=fault.sentence)


class RegisterFaultListOut(Schema):
    items: list[RegisterFaultOut]
    next: int | None


class RegisterVersionIn(Schema):
    """The version that was seen."""

    version: int
