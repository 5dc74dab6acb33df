"""Bodies of the acts on clocks: putting aside, asking for time, supervising."""

from datetime import date

from pydantic import Field

from shanzhi.cases.schemas import ActIn


class SuspendIn(ActIn):
    until: date = Field(description="the day on which it goes on by itself, after today and within 180 days")


class AskIn(ActIn):
    amount: str = Field(
        min_length=1, max_length=40, description="in the unit of the case's clock, such as `3 working days`"
    )


class SuperviseIn(ActIn):
    limit: str = Field("", max_length=40, description="`1`, `3`, `5` or `10 working days`; empty: as the kind has it")
