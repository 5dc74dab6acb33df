"""Keys: once per county, bound to person, operation and body; a rolled-back write gives its key back."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.lib.errors import Invalid
from shanzhi.tenancy.context import county
from shanzhi.tenancy.idempotency import body_digest, claim, earlier, purge
from shanzhi.tenancy.models import County, IdempotencyKey


@dataclass
class Somebody:
    user_id: int | None = 7


def use(
    key: str | None = "key-1",
    *,
    who: int = 7,
    operation: str = "x",
    body: dict[str, object] | None = None,
    result: int = 1,
) -> int | None:
    with atomic():
        return claim(key=key, actor=Somebody(who), operation=operation, body=body or {"a": 1}, result_id=result)


def test_the_first_use_goes_on_and_the_second_gets_its_result(county_a: County) -> None:
    assert use(result=11) is None
    assert use(result=12) == 11
    assert IdempotencyKey.objects.count() == 1


def test_no_key_is_never_remembered(county_a: County) -> None:
    assert (use(None), use(None), use("")) == (None, None, None)
    assert not IdempotencyKey.objects.exists()


@pytest.mark.parametrize("change", [{"who": 8}, {"operation": "y"}, {"body": {"a": 2}}])
def test_a_key_is_bound(county_a: County, change: dict[str, object]) -> None:
    use()
    with pytest.raises(Invalid) as refused:
        use(**change)  # type: ignore[arg-type]
    assert refused.value.code == "idempotency_key_reused"


def test_another_county_has_keys_of_its_own(county_a: County, county_b: County) -> None:
    use(result=1)
    with county(county_b.id):
        assert use(result=2) is None


def test_a_rolled_back_write_gives_its_key_back(county_a: County) -> None:
    with pytest.raises(RuntimeError), atomic():
        claim(key="key-1", actor=Somebody(), operation="x", body={}, result_id=1)
        raise RuntimeError
    assert use() is None


@pytest.mark.parametrize("key", ["k" * 65, "带汉字", "a\nb"])
def test_a_key_that_no_client_should_send(county_a: County, key: str) -> None:
    with pytest.raises(Invalid) as refused:
        use(key)
    assert refused.value.code == "idempotency_key_invalid"


def test_the_order_of_fields_does_not_matter() -> None:
    assert body_digest({"a": 1, "b": [2]}) == body_digest({"b": [2], "a": 1})
    assert body_digest({"a": 1}) != body_digest({"a": "1"})


def test_old_keys_are_dropped(county_a: County) -> None:
    use()
    now = timezone.now()
    assert purge(before=now - timedelta(days=90)) == 0
    assert purge(before=now + timedelta(seconds=1)) == 1
    assert use(result=5) is None


def test_what_became_of_a_key_is_told_to_who_used_it(county_a: County, county_b: County) -> None:
    assert earlier(key="key-1", actor=Somebody()) is None
    use(operation="cases.report", result=11)
    assert earlier(key="key-1", actor=Somebody()) == ("cases.report", 11)
    assert earlier(key="key-1", actor=Somebody(8)) is None
    assert earlier(key="key-2", actor=Somebody()) is None
    with county(county_b.id):
        assert earlier(key="key-1", actor=Somebody()) is None
