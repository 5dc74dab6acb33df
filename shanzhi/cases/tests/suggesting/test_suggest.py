"""What is said while somebody types: sure or silent, never decisive, of kinds and units that there are."""

from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shanzhi.cases.models import SuggestionModel
from shanzhi.cases.suggesting import suggest as module
from shanzhi.cases.suggesting.forms import Typed, degrees
from shanzhi.cases.suggesting.selectors import newest_ids, switch_get
from shanzhi.cases.suggesting.services import switch_turn
from shanzhi.cases.suggesting.suggest import NOTHING, suggest
from shanzhi.cases.suggesting.words import LIKELY, POSSIBLE, chance_words, share_words
from shanzhi.cases.tests.pages import statements
from shanzhi.cases.tests.suggesting.history import past, taught
from shanzhi.lib.errors import Forbidden, Stale
from shanzhi.lib.tests.corpus import reports
from shanzhi.packs.models import Definition
from shanzhi.tenancy.context import county
from shanzhi.trail.models import Entry
from tests.cast import Cast, build_cast
from tests.kinds import LABELS

LIGHT = "村东头的路灯坏了，晚上看不清路"


def said(text: str, **more: Any) -> list[tuple[str, str]]:
    return [(offer.code, offer.words) for offer in suggest(text, **more).kinds]


def test_a_likely_kind_is_named_in_words(cast: Cast) -> None:
    taught(cast)
    (offer,) = suggest(LIGHT).kinds
    assert (offer.code, offer.label, offer.words) == ("facilities", "道路水电设施", "很像")


def test_below_thirty_cases_nothing_is_said(cast: Cast) -> None:
    past(cast, list(reports(29)))
    assert suggest(LIGHT) == NOTHING
    assert not NOTHING


@pytest.mark.parametrize(
    "text",
    ["", "  ", "路灯", "。，！？", "😀😀😀😀😀", "1234567890", "\u202e\u200b\u0000\ufeff", "a" * 2000, "\ud800" * 9],
)
def test_what_says_nothing_gets_no_answer(cast: Cast, text: str) -> None:
    taught(cast, 200)
    assert suggest(text) == NOTHING


def test_two_thousand_characters_get_one(cast: Cast) -> None:
    taught(cast)
    assert said("路灯不亮，晚上看不清路。" * 160) == [("facilities", "很像")]


def _model(*chances: tuple[str, float]) -> Any:
    class Fixed:
        def predict(self, text: str, top: int) -> list[tuple[str, float]]:
            return list(chances)[:top]

    return lambda model_id: Fixed()


def test_what_is_only_possible_stands_beside_the_next_one(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    taught(cast, 100)
    monkeypatch.setattr(module, "model_of", _model(("facilities", 0.5), ("sanitation", 0.3), ("fire", 0.2)))
    assert said(LIGHT) == [("facilities", "可能"), ("sanitation", "也可能")]
    monkeypatch.setattr(module, "model_of", _model(("facilities", 0.5), ("sanitation", 0.1)))
    assert said(LIGHT) == [("facilities", "可能")]
    monkeypatch.setattr(module, "model_of", _model(("facilities", POSSIBLE - 0.01), ("sanitation", 0.3)))
    assert said(LIGHT) == []


def test_a_kind_that_is_chosen_is_contradicted_only_by_a_likely_one(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    taught(cast, 100)
    assert said(LIGHT, chosen="facilities") == []
    monkeypatch.setattr(module, "model_of", _model(("facilities", 0.5), ("sanitation", 0.3)))
    assert said(LIGHT, chosen="fire") == []
    assert said(LIGHT, chosen="facilities") == []
    monkeypatch.setattr(module, "model_of", _model(("facilities", LIKELY)))
    assert said(LIGHT, chosen="fire") == [("facilities", "很像")]


def test_a_kind_that_counts_no_more_is_not_named(cast: Cast) -> None:
    taught(cast)
    Definition.objects.filter(code="facilities").update(retired_at=timezone.now())
    assert said(LIGHT) == []


def test_of_another_county_nothing_is_known(cast: Cast, county_b: Any) -> None:
    taught(cast)
    build_cast(county_b)
    with county(county_b.id):
        assert suggest(LIGHT) == NOTHING


def test_a_damaged_or_lost_model_says_nothing(cast: Cast) -> None:
    model = taught(cast, 100)[0]
    SuggestionModel.objects.filter(id=model.id).update(payload=b"garbage")
    assert suggest(LIGHT) == NOTHING


def test_costs_two_statements_and_one_where_nothing_is_known(cast: Cast) -> None:
    suggest(LIGHT)
    with statements() as made:
        suggest(LIGHT)
    assert len(made) == 1, made
    taught(cast)
    suggest(LIGHT)
    with statements() as made:
        assert suggest(LIGHT)
    assert len(made) == 2, made


class TestUnits:
    def units(self, cast: Cast, place: str, text: str = "自来水停了两天，水管破了") -> list[str]:
        return [offer.label for offer in suggest(text, area=cast.areas[place]).units]

    def test_the_open_one_of_this_township_bearing_the_name(self, cast: Cast) -> None:
        taught(cast, 60, families=("unit",), unit=cast.units["t2"])  # 西镇水务站, learned as 水务站
        assert self.units(cast, "g3") == ["西镇水务站"]
        assert self.units(cast, "g1") == [], "东镇 has no such station"
        mine = cast.units["t1"]
        mine.name = "东镇水务站"
        mine.save()
        assert self.units(cast, "g1") == ["东镇水务站"]
        mine.valid_to = timezone.localdate()
        mine.save()
        assert self.units(cast, "g1") == []

    def test_one_of_the_county_serves_every_township(self, cast: Cast) -> None:
        taught(cast, 60, families=("unit",), unit=cast.units["county"])
        assert self.units(cast, "g1") == self.units(cast, "g3") == ["县住建局"]

    def test_without_a_place_none(self, cast: Cast) -> None:
        taught(cast, 60, families=("unit",), unit=cast.units["county"])
        assert suggest("自来水停了两天").units == ()


class TestSwitch:
    def test_off_nothing_is_said_and_on_again_it_is(self, cast: Cast) -> None:
        taught(cast)
        admin = cast.actor("system_admin")
        assert switch_get() is None
        switch = switch_turn(actor=admin, on=False, version=0)
        assert suggest(LIGHT) == NOTHING
        assert newest_ids() == {}
        switch = switch_turn(actor=admin, on=True, version=switch.version)
        assert suggest(LIGHT)
        assert (switch.version, switch.is_on) == (2, True)

    def test_is_on_the_trail(self, cast: Cast) -> None:
        admin = cast.actor("system_admin")
        switch_turn(actor=admin, on=False, version=0)
        switch_turn(actor=admin, on=True, version=1)
        codes = Entry.objects.filter(object_type="cases.suggestionswitch").order_by("version")
        assert [entry.code for entry in codes] == ["cases.suggestions.switched_off", "cases.suggestions.switched_on"]

    def test_of_two_administrators_one_wins(self, cast: Cast) -> None:
        admin = cast.actor("system_admin")
        switch_turn(actor=admin, on=False, version=0)
        switch_turn(actor=admin, on=True, version=1)
        with pytest.raises(Stale):
            switch_turn(actor=admin, on=False, version=1)

    def test_seen_before_there_was_one_is_stale_the_other_way_round_too(self, cast: Cast) -> None:
        with pytest.raises(Stale):
            switch_turn(actor=cast.actor("system_admin"), on=False, version=3)

    def test_turning_it_to_where_it_stands_changes_nothing(self, cast: Cast) -> None:
        admin = cast.actor("system_admin")
        first = switch_turn(actor=admin, on=False, version=0)
        again = switch_turn(actor=admin, on=False, version=0)
        assert (again.id, again.version) == (first.id, 1)

    def test_is_the_system_administrators(self, cast: Cast) -> None:
        for who in ("county_centre", "command_centre", "county_leader", "security_admin", "audit_admin"):
            with pytest.raises(Forbidden):
                switch_turn(actor=cast.actor(who), on=False, version=0)


class TestReading:
    def test_of_the_forms_fields(self) -> None:
        sent = {"body": "路灯\x00不亮", "kind": "fire", "area": "1", "lon": "118.95", "lat": "32.7", "takes": "unit"}
        assert Typed.read(sent) == Typed("路灯不亮", "fire", "1", 1_189_500_000, 327_000_000, True)
        assert Typed.read({}) == Typed("")

    def test_cuts_what_is_too_long(self) -> None:
        typed = Typed.read({"body": "长" * 5000, "kind": "k" * 99, "area": "9" * 99})
        assert (len(typed.text), len(typed.kind), len(typed.area)) == (2000, 40, 15)

    @pytest.mark.parametrize(
        "text", ["", "abc", "NaN", "Infinity", "1e999", "181", "-181", "١", "1" * 99, "--1", "\ud800"]
    )
    def test_no_degrees_are_none(self, text: str) -> None:
        assert degrees(text, 180) in (None, 10_000_000)  # an Arabic one is a one

    @given(st.dictionaries(st.sampled_from(["body", "text", "kind", "area", "lon", "lat", "takes"]), st.text()))
    def test_refuses_nothing(self, sent: dict[str, str]) -> None:
        typed = Typed.read(sent)
        assert typed.lon is None or abs(typed.lon) <= 1_800_000_000
        assert typed.lat is None or abs(typed.lat) <= 900_000_000


def test_words() -> None:
    assert [chance_words(one) for one in (0.9, LIKELY, 0.6, POSSIBLE, 0.3)] == ["很像", "很像", "可能", "可能", ""]
    assert [share_words(1, 3), share_words(9, 10), share_words(5, 5), share_words(0, 4)] == [
        "33.3%", "90%", "100%", "0%",
    ]  # fmt: skip
    assert share_words(0, 0) == "", "a rate over nothing is no value"


@given(text=st.text(max_size=300) | st.text(alphabet="路灯不亮垃圾没人拉，。秸秆烟😀", max_size=60))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_answered_with_kinds_that_there_are(cast: Cast, text: str) -> None:
    if not newest_ids():
        taught(cast, 200)
    offers = suggest(text).kinds
    assert len(offers) <= 2
    assert all(offer.code in LABELS and offer.label == LABELS[offer.code] and offer.words for offer in offers)
