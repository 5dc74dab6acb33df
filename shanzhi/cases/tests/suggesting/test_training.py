"""Learning from the county's own decisions: what counts, in which order, how good it says it is, and what is kept."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from shanzhi.cases.acts import Act
from shanzhi.cases.catalogue import State
from shanzhi.cases.models import Case, SuggestionModel
from shanzhi.cases.services import case_act
from shanzhi.cases.suggesting import jobs, training
from shanzhi.cases.suggesting.selectors import model_of, newest_ids
from shanzhi.cases.suggesting.services import KEPT, learning_start, model_save, switch_turn
from shanzhi.cases.suggesting.training import LEAST, learn, measured, pairs, text_of, unit_label
from shanzhi.cases.tests.pages import statements
from shanzhi.cases.tests.suggesting.history import past, taught
from shanzhi.jobs.models import Job
from shanzhi.jobs.registry import JobRun, JobStopped
from shanzhi.jobs.testing import drain
from shanzhi.lib.bayes import Model, Trainer
from shanzhi.lib.errors import Forbidden
from shanzhi.lib.tests.corpus import reports
from shanzhi.tenancy.context import county
from tests.cast import Cast, report

Family = SuggestionModel.Family
AT_NIGHT = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)  # 02:30 in China
BY_DAY = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)


def learned_pairs(family: str) -> list[tuple[str, str]]:
    return list(pairs(family, at=timezone.now()))


class TestExamples:
    def test_are_what_people_have_confirmed(self, cast: Cast) -> None:
        past(cast, [("路灯不亮了", "facilities")])
        for state in training.UNDECIDED:
            Case.objects.filter(number="9901-00000").update(state=state)
            assert learned_pairs(Family.KIND) == [], state
        Case.objects.filter(number="9901-00000").update(state=State.CLOSED)
        assert learned_pairs(Family.KIND) == [("路灯不亮了", "facilities")]

    def test_teach_the_kind_after_peoples_correction(self, cast: Cast) -> None:
        case = report(cast, kind="sanitation")
        clerk = cast.actor("village_clerk")
        case_act(actor=clerk, case=case, act=Act.CLASSIFY, version=1, kind="facilities")
        case.refresh_from_db()
        case_act(actor=clerk, case=case, act=Act.ACCEPT, version=case.version)
        assert [label for _, label in learned_pairs(Family.KIND)] == ["facilities"]

    def test_leave_out_kinds_that_count_no_more_and_what_is_long_past(self, cast: Cast) -> None:
        past(cast, [("路灯不亮了", "abolished"), ("垃圾成堆了", "sanitation")])
        assert learned_pairs(Family.KIND) == [("垃圾成堆了", "sanitation")]
        Case.objects.filter(kind="sanitation").update(received_at=timezone.now() - timedelta(days=6 * 365))
        assert learned_pairs(Family.KIND) == []

    def test_teach_the_unit_that_handled_it_without_its_places_name(self, cast: Cast) -> None:
        past(cast, [("自来水停了", "facilities")], unit=cast.units["t2"])
        assert learned_pairs(Family.UNIT) == [("自来水停了", "水务站")]
        Case.objects.filter(number="9901-00000").update(state=State.HANDLING, ended_at=None, turn_area=cast.areas["v1"])
        assert learned_pairs(Family.UNIT) == []

    def test_of_a_unit_that_is_closed_teach_nothing(self, cast: Cast) -> None:
        past(cast, [("自来水停了", "facilities")], unit=cast.units["t2"])
        unit = cast.units["t2"]
        unit.valid_to = timezone.localdate()
        unit.save()
        assert learned_pairs(Family.UNIT) == []

    def test_come_newest_first_in_portions_without_loss(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(training, "CHUNK", 7)
        rows = past(cast, [(f"第{'一二三四五六七八九十'[n % 10]}件", "other") for n in range(25)])
        Case.objects.filter(number__in=["9901-00005", "9901-00006", "9901-00007"]).update(
            received_at=rows[6].received_at  # the same moment three times
        )
        with statements() as made:
            found = learned_pairs(Family.KIND)
        assert len(found) == 25
        assert found[0][0] == rows[-1].body
        assert len([one for one in made if '"cases_case"' in one]) == 4

    def test_are_bounded(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(training, "CHUNK", 5)
        monkeypatch.setattr(training, "NEWEST", 10)
        past(cast, list(reports(30)))
        assert len(learned_pairs(Family.KIND)) == 10
        assert training.example_count(Family.KIND, at=timezone.now()) == 10

    def test_are_this_countys_only(self, cast: Cast, county_b: Any) -> None:
        past(cast, list(reports(40)))
        with county(county_b.id):
            assert learn(Family.KIND, at=timezone.now()) is None


def test_a_title_that_begins_the_text_says_nothing_more() -> None:
    assert text_of("路灯不亮", "路灯不亮，看不清") == "路灯不亮，看不清"
    assert text_of("路灯不亮…", "路灯不亮三天了") == "路灯不亮三天了"
    assert text_of("照明", "路灯不亮") == "照明。路灯不亮"


def test_a_unit_is_named_without_its_place_unless_nothing_is_left() -> None:
    assert unit_label("杨村镇水务站", "杨村镇") == "水务站"
    assert unit_label("县住建局", "天长市") == "县住建局"
    assert unit_label("东镇站", "东镇") == "东镇站"


class TestLearning:
    def test_beats_the_commonest_kind_on_the_newest_fifth(self, cast: Cast) -> None:
        past(cast, list(reports(600)))
        learned = learn(Family.KIND, at=timezone.now())
        assert learned is not None
        found = learned.accuracy
        assert learned.cases == 600
        assert found["tested"] == 120
        assert found["right_first"] > 2 * found["commonest"] > 0
        assert found["right_first"] > 0.8 * found["tested"]
        assert found["right_first"] <= found["right_top3"] <= found["tested"]
        assert found["spoke_right"] <= found["spoke"] <= found["tested"]
        assert sum(row[0] for row in found["by_label"].values()) == 120
        assert sum(row[1] for row in found["by_label"].values()) == found["right_first"]
        assert all(was != said and times > 0 for was, said, times in found["confusions"])

    def test_tests_on_the_newest_only(self, cast: Cast) -> None:
        """The older four fifths know nothing of what the newest fifth is about: then nothing is right."""
        old, new = [("路灯不亮，看不清路", "facilities")] * 40, [("垃圾成堆，没有人拉", "sanitation")] * 10
        past(cast, old + new)
        learned = learn(Family.KIND, at=timezone.now())
        assert learned is not None
        assert learned.accuracy["tested"] == 10
        assert learned.accuracy["right_first"] == 0
        assert learned.model.predict("垃圾成堆了", 1)[0][0] == "sanitation", "but then it is learned from"

    def test_needs_thirty(self, cast: Cast) -> None:
        past(cast, list(reports(LEAST - 1)))
        assert learn(Family.KIND, at=timezone.now()) is None

    def test_of_texts_without_words_nothing_is_learned(self, cast: Cast) -> None:
        past(cast, [("。。。！", "other")] * 40)
        assert learn(Family.KIND, at=timezone.now()) is None

    def test_tells_how_far_it_is_and_can_be_stopped(self, cast: Cast) -> None:
        past(cast, list(reports(60)))
        told: list[tuple[int, int]] = []
        learn(Family.KIND, at=timezone.now(), progress=lambda done, total: told.append((done, total)))
        assert told[0] == (0, 60)
        assert told[-1] == (60, 60)

        def stop(done: int, total: int) -> None:
            raise JobStopped

        with pytest.raises(JobStopped):
            learn(Family.KIND, at=timezone.now(), progress=stop)

    def test_measures_nothing_over_nothing(self) -> None:
        found = measured(Trainer().model(), [], {})
        assert (found.tested, found.right_first, found.by_label, found.confusions) == (0, 0, {}, [])


class TestKeeping:
    def test_the_newest_is_used_and_five_are_kept(self, cast: Cast) -> None:
        past(cast, list(reports(60)))
        at = timezone.now()
        learned = learn(Family.KIND, at=at)
        assert learned is not None
        for number in range(KEPT + 2):
            then = at + timedelta(minutes=number)
            newest = model_save(actor=cast.actor("system_admin"), family=Family.KIND, learned=learned, at=then)
        model_save(actor=cast.actor("system_admin"), family=Family.UNIT, learned=learned, at=at)
        assert SuggestionModel.objects.filter(family=Family.KIND).count() == KEPT
        assert SuggestionModel.objects.filter(family=Family.UNIT).count() == 1
        assert newest_ids()[Family.KIND] == newest.id
        assert model_of(newest.id) == learned.model

    def test_a_model_is_read_once_a_process(self, cast: Cast) -> None:
        model = taught(cast, 60)[0]
        model_of(model.id)
        with statements() as made:
            assert isinstance(model_of(model.id), Model)
        assert made == []

    def test_holds_no_text_and_no_number(self, cast: Cast) -> None:
        model = taught(cast, 200)[0]
        rows = model_of(model.id).rows
        assert max(map(len, rows)) <= 12
        assert not any(any(one.isdigit() for one in gram) for gram in rows)


class TestByItself:
    def test_every_night_once(self, cast: Cast) -> None:
        past(cast, list(reports(60)), at=AT_NIGHT)
        assert jobs.learn_at_night(BY_DAY) == 0
        assert jobs.learn_at_night(AT_NIGHT) == 1
        assert jobs.learn_at_night(AT_NIGHT + timedelta(hours=1)) == 0
        assert jobs.learn_at_night(AT_NIGHT + timedelta(days=1)) == 1
        assert SuggestionModel.objects.filter(trained_by="系统").count() == 2

    def test_not_while_it_is_switched_off(self, cast: Cast) -> None:
        past(cast, list(reports(60)), at=AT_NIGHT)
        switch_turn(actor=cast.actor("system_admin"), on=False, version=0)
        assert jobs.learn_at_night(AT_NIGHT) == 0

    def test_with_too_little_nothing_is_saved(self, cast: Cast) -> None:
        past(cast, list(reports(5)), at=AT_NIGHT)
        assert jobs.learn_at_night(AT_NIGHT) == 0


class TestOnDemand:
    def test_the_administrator_starts_it_and_reads_what_came_of_it(self, cast: Cast) -> None:
        past(cast, list(reports(60)))
        job = learning_start(actor=cast.actor("system_admin"), key="k1")
        assert learning_start(actor=cast.actor("system_admin"), key="k2").id == job.id, "one at a time"
        drain()
        job.refresh_from_db()
        assert (job.state, job.done, job.total) == (Job.State.DONE, 200, 200)
        assert job.result["notes"][0].startswith("事项类别：学了 60 件，拿最新 12 件试，首选对了")
        assert job.result["notes"][1] == "承办单位：办过的事还不到 30 件，先不推荐。"
        assert SuggestionModel.objects.get().trained_by.startswith("赵系统·")

    def test_the_same_key_gives_the_same_job(self, cast: Cast) -> None:
        admin = cast.actor("system_admin")
        job = learning_start(actor=admin, key="once")
        drain()
        assert learning_start(actor=admin, key="once").id == job.id

    def test_nobody_else_may(self, cast: Cast) -> None:
        for who in ("county_centre", "security_admin", "township_officer", "resident"):
            with pytest.raises(Forbidden):
                learning_start(actor=cast.actor(who))

    def test_cancelled_it_leaves_what_was_there(self, cast: Cast) -> None:
        past(cast, list(reports(60)))
        run = JobRun(
            job_id=1, county_id=cast.county.id, kind="cases.suggestions", args={}, attempt=1, at=timezone.now(),
            created_by=cast["system_admin"].user.pk, stopped=True,
        )  # fmt: skip
        with pytest.raises(JobStopped):
            jobs.learn_now(run)
        assert not SuggestionModel.objects.exists()


def test_the_portions_enter_by_an_index(cast: Cast) -> None:
    past(cast, list(reports(40)))
    rows = training.examples(Family.KIND, at=timezone.now()).order_by("-received_at", "-id")[:100]
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {'' if connection.vendor == 'postgresql' else 'QUERY PLAN '}{sql}", params)
        text = "\n".join(str(row[-1]) for row in cursor.fetchall())
    assert "case_received" in text or "case_kind_received" in text, text
