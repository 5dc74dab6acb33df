"""What both commands ask for."""

from django.core.management.base import CommandError

from shanzhi.tenancy.selectors import county_list


def county_named(code: str | None) -> int:
    """The county of this code, or the only one there is; CommandError with a sentence otherwise."""
    numbers = [row.id for row in county_list()]
    if code is None:
        if len(numbers) == 1:
            return numbers[0]
        listed = "、".join(map(str, numbers))
        raise CommandError(f"请用 --county 写明是哪个县：{listed}。" if numbers else "还没有县，请先开通一个县。")
    if not code.isdecimal() or int(code) not in numbers:
        raise CommandError("没有这个县，请核对六位代码。")
    return int(code)
