"""What is printed of a case: the receipt to take home, the papers of its kind, and its record sheet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import segno
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from shanzhi.access.actor import Actor
from shanzhi.access.pages import not_found
from shanzhi.areas.selectors import area_crumbs
from shanzhi.cases import permissions
from shanzhi.cases.acts import Act
from shanzhi.cases.catalogue import Source
from shanzhi.cases.covering import Story
from shanzhi.cases.kinds.papers import Paper, paper_of, rendered
from shanzhi.cases.kinds.registry import kind_of
from shanzhi.cases.models import Case, Contact, Receipt, Step
from shanzhi.cases.naming import person_words, shown_name
from shanzhi.cases.places import place_name
from shanzhi.cases.presenters import handler_words
from shanzhi.cases.seeing import answers_for
from shanzhi.cases.taking.contacts import contact_of, handling_posts, is_taken_down
from shanzhi.cases.taking.secrets import secret_shown
from shanzhi.cases.timeline import step_title
from shanzhi.lib.errors import Forbidden
from shanzhi.lib.papers.printout import Printout, Words
from shanzhi.lib.times import local, show_full

RESULT: Final = (Act.HANDLE, Act.REJECT)


@dataclass(frozen=True, slots=True)
class PaperLink:
    label: str
    url: str
    icon: str


def office_names(case: Case) -> tuple[str, str]:
    """The county, and the level in charge with what is between: 天长市, 杨村镇小关社区. A county's own is its centre."""
    county, *below = area_crumbs({case.owner_path}).get(case.owner_path) or (case.owner.name,)
    return county, "".join(below) or "指挥中心"


def place_line(case: Case) -> str:
    """天长市杨村镇小关社区, as it stands on a paper's head."""
    return "".join(area_crumbs({case.owner_path}).get(case.owner_path, (case.owner.name,)))


def day_words(at: datetime | None) -> str:
    """2026年11月21日, empty for none."""
    if at is None:
        return ""
    here = local(at)
    return f"{here.year}年{here.month}月{here.day}日"


def has_receipt(case: Case) -> bool:
    """One statement, none for a case that nobody took down."""
    return is_taken_down(case) and Receipt.objects.filter(case_id=case.id, role=Receipt.Role.REPORTER).exists()


def receipt_of(actor: Actor, case: Case) -> Receipt:
    """The receipt, for who took the case down and for those who deal with it. Forbidden, or absent if there is none."""
    if not case.is_reported_by(actor.user_id) and not handling_posts(actor, case):
        raise Forbidden("回执由登记的人和正在办这件事的人打印，要补打请找他们。", code="not_handling")
    receipt = Receipt.objects.filter(case_id=case.id, role=Receipt.Role.REPORTER).first()
    if receipt is None:
        raise not_found()
    return receipt


def qr_code(text: str) -> str:
    """A picture for `src`, dark on white with the quiet zone that scanners need."""
    return str(segno.make(text, error="m").svg_data_uri(scale=4, border=4, dark="#000", light="#fff"))


def follow_page(request: HttpRequest, county_id: int) -> str:
    """Where a receipt is followed, as people outside reach it."""
    path = reverse("cases:follow", args=[county_id])
    site = settings.MESSAGES["site"]
    return f"{site}{path}" if site else request.build_absolute_uri(path)


def secret_context(request: HttpRequest, county_id: int, secret: str) -> dict[str, Any]:
    """The secret stands behind the # of the address in the code: no server and no log ever sees it there."""
    shown = secret_shown(secret)
    page = follow_page(request, county_id)
    return {"secret": shown, "qr": qr_code(f"{page}#{shown}"), "page": page}


def receipt_context(request: HttpRequest, case: Case, receipt: Receipt) -> dict[str, Any]:
    """What stands on a receipt."""
    return {
        **secret_context(request, case.county_id, receipt.secret),
        "kind": kind_of(case).label,
        "source": Source(case.source).label,
        "place": case.place or place_name(case.area),
        "area_name": place_name(case.area),
        "promise": _promise(case),
        "received": show_full(case.received_at),
    }


def _promise(case: Case) -> str:
    """By when there will be an answer, as it stood when the case was taken down; whatever has become of it since."""
    kind = kind_of(case)
    first = Step.objects.get(case_id=case.id, version=1)
    due = show_full(first.due_at) if first.due_at is not None else ""
    if case.received_at == first.at and Step.objects.filter(case_id=case.id, version=2, at=first.at).exists():
        return f"已经当场处理，{due} 前核查。"
    accept, handle = (kind.span(clock, urgent=case.urgent).words() for clock in ("accept", "handle"))
    return f"{accept}内（{due} 前）答复是否受理；受理并派出后一般 {handle}内处理完。"


def paper_words(actor: Actor, case: Case, story: Story, contact: Contact | None, at: datetime) -> dict[str, str]:
    """What a paper of the kind may say of the case. Times are days, names whole: the paper is handed to them."""
    county, office = office_names(case)
    result = next((step.text for step in story.steps if step.act in RESULT and step.text), "")
    return {
        "number": case.number,
        "title": case.title,
        "body": case.body,
        "place": case.place or place_name(case.area),
        "area": place_name(case.area),
        "kind": kind_of(case).label,
        "owner": office,
        "handler": handler_words(case),
        "reporter": contact.name if contact is not None and contact.name else reporter_words(actor, case),
        "received": day_words(case.received_at),
        "due": day_words(case.due_at),
        "result": result,
        "county": county,
        "today": day_words(at),
    }


def reporter_words(actor: Actor, case: Case) -> str:
    return shown_name(actor, case.reporter_name, case.reporter_title, case.reporter_id)


def paper_filled(actor: Actor, case: Case, code: str, story: Story, at: datetime) -> Paper:
    """One paper of the kind; absent where the kind has none of that code."""
    kind = kind_of(case)
    paper = paper_of(kind, code)
    if paper is None:
        raise not_found()
    return rendered(kind, paper, paper_words(actor, case, story, contact_of(case), at), answers_for(actor, case))


def printout_of(case: Case, paper: Paper) -> Printout:
    """The paper as a file, to be mended by hand or kept: the same words as on the page."""
    blocks = (Words("", "\n".join(paper.below_title)), Words("", "（盖章）"))
    return Printout(paper.label, blocks, office=place_line(case), number=case.number)


def papers_for(actor: Actor, case: Case, *, insider: bool) -> list[PaperLink]:
    """What this person may print: the sheet for everybody who works with it, the rest for those who deal with it."""
    if not insider:
        return []
    args = [case.county_id, case.number]
    links = [PaperLink("事件办理单", reverse("cases:print", args=args), "printer")]
    deals = bool(handling_posts(actor, case))
    if actor.can(permissions.TAKE_DOWN) and (deals or case.is_reported_by(actor.user_id)) and has_receipt(case):
        links.insert(0, PaperLink("回执", reverse("cases:receipt", args=args), "qrcode"))
    if not deals:
        return links
    return links + [
        PaperLink(paper.label, reverse("cases:paper", args=[*args, paper.code]), "file-text")
        for paper in kind_of(case).papers
    ]


@dataclass(frozen=True, slots=True)
class SheetRow:
    """`at` in full: nobody knows on which day a paper is read."""

    at: str
    what: str
    who: str
    text: str


def sheet_rows(actor: Actor, case: Case, steps: list[Step]) -> list[SheetRow]:
    """The steps, the oldest first as a record is read; internal notes are no part of the record."""
    return [
        SheetRow(
            at=show_full(step.at),
            what=step_title(case, step),
            who=person_words(actor, step.actor_name, step.actor_title, step.actor_id),
            text=step.text,
        )
        for step in reversed(steps)
        if step.act != Act.NOTE
    ]
