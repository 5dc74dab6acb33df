import pytest

from shanzhi.lib.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, Stale, TooMany


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        (DomainError, 422, "invalid"),
        (NotFound, 404, "not_found"),
        (Forbidden, 403, "forbidden"),
        (Stale, 409, "stale"),
        (Conflict, 409, "conflict"),
        (Invalid, 422, "invalid"),
        (TooMany, 429, "too_many"),
    ],
)
def test_each_kind_has_its_status_code_and_a_whole_sentence(kind: type[DomainError], status: int, code: str) -> None:
    error = kind()
    assert (error.status, error.code) == (status, code)
    assert error.message.endswith("。")


def test_problem_carries_the_sentence_and_the_fields() -> None:
    error = Invalid("请改正标出的内容。", code="case_fields", fields={"title": ("请填写标题。",)})
    body = error.problem()
    assert body["code"] == "case_fields"
    assert body["detail"] == str(error) == "请改正标出的内容。"
    assert body["fields"] == {"title": ["请填写标题。"]}


def test_a_stale_version_is_a_conflict() -> None:
    with pytest.raises(Conflict):
        raise Stale
