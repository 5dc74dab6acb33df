"""What the operations of the register's API share."""

from typing import Annotated, Final

from ninja import Header, Path, Query, Router

router = Router(tags=["people"])
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=64)]
AreaCode = Annotated[str, Query(pattern=r"^(\d{12}(\d{3})?)?$", description="code of a place; by default one's own")]
Number = Annotated[int, Path(ge=1, lt=2**63)]
BASE: Final = "people"
