"""Every column of the registers has a class; what the table says is sealed is sealed in the database."""

from django.apps import apps
from django.conf import settings

from shanzhi.people.sensitivity import FIELDS, Klass, handling
from shanzhi.tenancy.fields import EncryptedTextField

OURS = ("id", "county_id")  # of every county row, by its base


def columns() -> dict[str, set[str]]:
    return {
        model.__name__: {field.name for field in model._meta.local_concrete_fields} - set(OURS)
        for model in apps.get_app_config("people").get_models()
    }


def test_every_column_of_every_model_has_one_class() -> None:
    there = columns()
    assert set(FIELDS) == set(there)
    for model, names in there.items():
        told = [name for group in FIELDS[model].values() for name in group]
        assert sorted(told) == sorted(set(told)), model
        assert set(told) == names, model


def test_what_is_said_to_be_sealed_is_sealed() -> None:
    for model in apps.get_app_config("people").get_models():
        for field in model._meta.local_concrete_fields:
            found = handling(model.__name__, field.name)
            if field.name in OURS:
                continue
            assert found is not None
            if isinstance(field, EncryptedTextField):
                assert found.kept == "加密", f"{model.__name__}.{field.name}"
                assert found.klass in (Klass.SENSITIVE, Klass.PERSONAL)
            elif found.klass == Klass.INDEX:
                assert field.name.endswith("_index")
                assert field.max_length == 64


def test_nothing_sensitive_lies_open_but_what_the_group_alone_needs() -> None:
    """Of a membership the person, the place and the days are clear columns: the group, which makes them sensitive, is
    not among them."""
    open_ones = {
        (model.__name__, field.name)
        for model in apps.get_app_config("people").get_models()
        for field in model._meta.local_concrete_fields
        if (found := handling(model.__name__, field.name)) is not None
        and found.klass == Klass.SENSITIVE
        and not isinstance(field, EncryptedTextField)
    }
    assert open_ones == {("Membership", name) for name in ("resident", "path", "since", "until", "seen_on", "due_on")}


def test_the_document_names_every_model_and_handling() -> None:
    text = (settings.ROOT / "docs" / "domains" / "people.md").read_text(encoding="utf-8")
    for model, groups in FIELDS.items():
        assert f"`{model}`" in text, model
        for one, names in groups.items():
            if one.klass != Klass.NONE:
                assert all(f"`{name}`" in text for name in names), (model, one.klass)


def test_a_column_that_nobody_thought_of_has_none() -> None:
    assert handling("Resident", "shoe_size") is None
    assert handling("Shoe", "size") is None
