"""The pages and the API of one's own jobs."""

from uuid import uuid4

import pytest
from django.test import Client

from shanzhi.jobs.models import Job
from shanzhi.jobs.selectors import job_page_for
from shanzhi.jobs.services import enqueue, job_claim
from shanzhi.jobs.testing import drain
from shanzhi.jobs.tests.kinds import STEPS
from shanzhi.tenancy.models import OutboxEvent
from tests.cast import Cast

pytestmark = pytest.mark.django_db
A = 341181


def queued(cast: Cast, role: str = "township_officer", total: int = 3) -> Job:
    return enqueue(STEPS, actor=cast.actor(role), args={"total": total})


def test_the_page_of_a_waiting_job_asks_for_itself_again_and_can_be_cancelled(cast: Cast) -> None:
    job = queued(cast)
    page = cast["township_officer"].client().get(f"/{A}/jobs/{job.id}/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "测试任务" in text
    assert f'hx-get="/{A}/jobs/{job.id}/"' in text
    assert 'hx-trigger="every 2s"' in text
    assert "看最新进度" in text  # the link for a browser without scripts
    assert "取消这个任务" in text


def test_a_finished_job_shows_its_result_and_asks_no_more(cast: Cast) -> None:
    job = queued(cast)
    drain()
    text = cast["township_officer"].client().get(f"/{A}/jobs/{job.id}/").content.decode()
    assert "做了 3 步。" in text
    assert "第一步做得很顺利。" in text
    assert "hx-get" not in text.split('id="job-page"')[1].split("</section>")[0]
    assert "取消这个任务" not in text


def test_progress_is_shown(cast: Cast) -> None:
    job = queued(cast)
    Job.objects.filter(id=job.id).update(state="running", done=1200, total=4000)
    text = cast["township_officer"].client().get(f"/{A}/jobs/{job.id}/").content.decode()
    assert 'max="4000" value="1200"' in text
    assert "1,200" in text


def test_cancelling_leads_back_to_the_job(cast: Cast) -> None:
    job = queued(cast)
    client = cast["township_officer"].client()
    answer = client.post(f"/{A}/jobs/{job.id}/cancellations/", follow=True)
    assert answer.redirect_chain == [(f"/{A}/jobs/{job.id}/", 302)]
    assert "已取消" in answer.content.decode()
    again = client.post(f"/{A}/jobs/{job.id}/cancellations/")
    assert again.status_code == 409
    assert "已经结束" in again.content.decode()


def test_a_running_job_is_asked_to_stop(cast: Cast) -> None:
    job = queued(cast)
    job_claim(job_id=job.id, at=job.created_at)
    client = cast["township_officer"].client()
    assert "正在停下来" in client.post(f"/{A}/jobs/{job.id}/cancellations/", follow=True).content.decode()
    job.refresh_from_db()
    assert (job.state, job.cancel_requested) == ("running", True)


@pytest.mark.parametrize("method", ["get", "post"])
def test_another_persons_job_is_not_there(cast: Cast, method: str) -> None:
    job = queued(cast)
    client = cast["county_leader"].client()
    for job_id in (job.id, 2**63 + 5):
        path = f"/{A}/jobs/{job_id}/" + ("cancellations/" if method == "post" else "")
        assert getattr(client, method)(path).status_code == 404
    job.refresh_from_db()
    assert job.state == "queued"


def test_who_did_not_sign_in_is_sent_to_the_login_and_an_outsider_sees_nothing(cast: Cast, cast_b: Cast) -> None:
    job = queued(cast)
    answer = Client().get(f"/{A}/jobs/{job.id}/")
    assert answer.status_code == 302
    assert "next=" in answer["Location"]
    assert cast_b["township_officer"].client().get(f"/{A}/jobs/{job.id}/").status_code == 404
    assert cast_b["township_officer"].client().get(f"/{A}/jobs/").status_code == 404
    assert Client().get(f"/api/v1/{A}/jobs").status_code == 401


def test_the_list_holds_ones_own_jobs_only(cast: Cast) -> None:
    mine, other = queued(cast), queued(cast, "county_leader")
    text = cast["township_officer"].client().get(f"/{A}/jobs/").content.decode()
    assert f"/jobs/{mine.id}/" in text
    assert f"/jobs/{other.id}/" not in text
    assert "没有后台任务" in cast["village_clerk"].client().get(f"/{A}/jobs/").content.decode()


def test_the_list_is_paged_both_ways(cast: Cast) -> None:
    ids = [queued(cast).id for _ in range(5)][::-1]
    actor = cast.actor("township_officer")
    first = job_page_for(actor, size=2)
    assert ([job.id for job in first.rows], first.previous_cursor) == (ids[:2], None)
    second = job_page_for(actor, cursor=first.next_cursor or "", size=2)
    assert [job.id for job in second.rows] == ids[2:4]
    back = job_page_for(actor, cursor=second.previous_cursor or "", size=2)
    assert [job.id for job in back.rows] == ids[:2]
    last = job_page_for(actor, cursor=second.next_cursor or "", size=2)
    assert ([job.id for job in last.rows], last.next_cursor) == (ids[4:], None)


def test_the_api_says_the_same(cast: Cast) -> None:
    job = queued(cast)
    client = cast["township_officer"].client()
    listed = client.get(f"/api/v1/{A}/jobs").json()
    assert [item["id"] for item in listed["items"]] == [str(job.id)]
    assert listed["next"] is None
    drain()
    shown = client.get(f"/api/v1/{A}/jobs/{job.id}").json()
    assert (shown["state"], shown["done"], shown["total"], shown["title"]) == ("done", 3, 3, "测试任务")
    assert shown["result"]["message"] == "做了 3 步。"
    stale = client.post(f"/api/v1/{A}/jobs/{job.id}/cancellations")
    assert (stale.status_code, stale.json()["code"]) == (409, "job_ended")
    waiting = queued(cast)
    done = client.post(f"/api/v1/{A}/jobs/{waiting.id}/cancellations")
    assert (done.status_code, done.json()["state"]) == (202, "cancelled")
    assert cast["county_leader"].client().get(f"/api/v1/{A}/jobs/{job.id}").status_code == 404
    refused = client.get(f"/api/v1/{A}/jobs?after={waiting.id}")
    assert (refused.status_code, refused.json()["code"]) == (422, "cursor_invalid")


def test_only_the_audit_administrator_starts_a_verification(cast: Cast) -> None:
    for role in ("system_admin", "security_admin", "county_leader", "grid_worker"):
        assert cast[role].client().post(f"/{A}/trail/checks/").status_code == 403
        assert cast[role].client().post(f"/api/v1/{A}/trail/checks").status_code == 403
    assert not Job.objects.exists()


def test_a_verification_is_started_once_and_its_outcome_is_kept(cast: Cast) -> None:
    client = cast["audit_admin"].client()
    key = {"idempotency_key": uuid4().hex}
    first = client.post(f"/{A}/trail/checks/", key)
    again = client.post(f"/{A}/trail/checks/", key)
    other = client.post(f"/{A}/trail/checks/", {"idempotency_key": uuid4().hex})
    assert first["Location"] == again["Location"] == other["Location"]
    assert Job.objects.count() == 1
    drain()
    text = client.get(first["Location"]).content.decode()
    assert "核对完成" in text
    assert client.get(f"/api/v1/{A}/trail/checks/latest").status_code == 200
    answer = client.post(f"/api/v1/{A}/trail/checks", headers={"Idempotency-Key": uuid4().hex})
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    assert Job.objects.count() == 2


def test_a_double_click_on_a_started_check_queues_one_task(cast: Cast) -> None:
    client = cast["audit_admin"].client()
    for _ in range(3):
        client.post(f"/{A}/trail/checks/", {"idempotency_key": uuid4().hex})
    assert drain() == 1
    assert OutboxEvent.objects.filter(code="jobs.job.ended").count() == 1


def test_a_key_that_met_a_running_check_stays_good(cast: Cast) -> None:
    client = cast["audit_admin"].client()
    first = client.post(f"/{A}/trail/checks/", {"idempotency_key": uuid4().hex})
    second = {"idempotency_key": uuid4().hex}
    for _ in range(2):
        assert client.post(f"/{A}/trail/checks/", second)["Location"] == first["Location"]
    drain()
    assert client.post(f"/{A}/trail/checks/", second).status_code == 302
