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


def test_an_error_carries_the_sentence_and_the_fields() -> None:
    error = Invalid("请改正标出的内容。", code="case_fields", fields={"title": ("请填写标题。",)})
    assert error.code == "case_fields"
    assert error.message == str(error) == "请改正标出的内容。"
    assert error.fields == {"title": ["请填写标题。"]}


def test_a_stale_version_is_a_conflict() -> None:
    with pytest.raises(Conflict):
        raise Stale


def test_a_field_may_have_several_sentences_and_the_caller_keeps_its_own_list() -> None:
    given = {"phone": ["请填 11 位手机号。"]}
    error = Invalid("请改正标出的内容。", fields=given)
    error.fields["phone"].append("号段不对，请核对。")
    assert given == {"phone": ["请填 11 位手机号。"]}
    assert error.fields["phone"] == ["请填 11 位手机号。", "号段不对，请核对。"]


def test_what_was_not_said_is_the_kinds_own_sentence_and_code() -> None:
    assert NotFound().code == "not_found"
    assert NotFound(code="case_gone").code == "case_gone"
    assert NotFound(code="case_gone").message == NotFound().message
