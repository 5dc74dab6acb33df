"""Stages, the bin, kinds, parts, duplicates, notes and covered contents from outside."""

from typing import Any

from shanzhi.access.actor import Actor
from shanzhi.cases import schemas_more as schemas
from shanzhi.cases.acts import Act
from shanzhi.cases.catalogue import State
from shanzhi.cases.forms.base import ActForm
from shanzhi.cases.forms.joining import MergeForm, case_of
from shanzhi.cases.forms.moderating import ModerateForm
from shanzhi.cases.forms.publishing import PublishForm
from shanzhi.cases.forms.sorting import ClassifyForm, StageForm
from shanzhi.cases.forms.specs import spec
from shanzhi.cases.forms.splitting import SplitForm
from shanzhi.cases.forms.talking import ContactForm, NoteForm
from shanzhi.cases.kinds.registry import kind_of
from shanzhi.cases.models import Case
from shanzhi.cases.services.splitting import Part


def _staged(case: Case, form: StageForm) -> str:
    return f"已进入“{kind_of(case).stage_label(case.stage)}”"


def _classified(case: Case, form: ClassifyForm) -> str:
    return f"已改为“{kind_of(case).label}”"


def _split(case: Case, form: SplitForm) -> str:
    return f"已拆成 {len(form.arguments()['parts'])} 件，接着分别派出去"


def _unmerged(case: Case, form: ActForm) -> str:
    return f"已撤销合并，这件事现在是“{State(case.state).label}”"


def _noted(case: Case, form: NoteForm) -> str:
    data = form.cleaned_data
    return "备注已写下，提到的人会收到通知" if data["mentions"] or "@" in data["text"] else "备注已写下"


def _contacted(case: Case, form: ContactForm) -> str:
    return "已记下，反映人会看到已经联系过" if form.arguments()["reached"] else "已记下没联系上，请过一会儿再联系"


def _moderated(case: Case, form: ModerateForm) -> str:
    return "已恢复原样" if form.cleaned_data["what"].startswith("lift") else "已处理，别人现在看到的是改后的内容"


def _published(case: Case, form: PublishForm) -> str:
    return "摘要已公开，群众现在就能看到" if case.summary else "公开摘要已撤下，群众看不到了"


def _parts(actor: Actor, case: Case, body: schemas.SplitIn) -> dict[str, Any]:
    return {"text": body.text, "parts": [Part(one.body, one.title, one.kind) for one in body.parts]}


def _note(actor: Actor, case: Case, body: schemas.NoteIn) -> dict[str, Any]:
    mentions, photos = [int(one) for one in body.mentions], [int(one) for one in body.photos]
    return {"text": body.text, "mentions": mentions, "photo_ids": photos}


spec(
    Act.STAGE, "stages", "arrow-right", _staged, "On to the next stage of the kind.", form=StageForm,
    words=("这个环节做了什么", "", ""), button="进入这个环节", body=schemas.StageIn,
    arguments=lambda actor, case, body: {"text": body.text, "stage": body.stage},
)  # fmt: skip
spec(
    Act.RELEASE, "releases", "inbox", "已放回待办池，同事可以接着办",
    "Back into the bin of the unit or place; the time limit runs on.",
    words=("要交代的话", "接手的同事会看到，时限照算。", ""),
)  # fmt: skip
spec(
    Act.REOPEN, "reopenings", "refresh", "已要求重新办理", "Once after it was closed: the level in charge arranges anew.",
    words=("为什么要重新办理", "办事的人会看到。一件事只能重新办理一次。", "请写明为什么要重新办理，办事的人会看到。"),
)  # fmt: skip
spec(
    Act.CLASSIFY, "classifications", "edit", _classified,
    "Another kind that counts now; answers that fit are kept, required ones that are missing are given.",
    form=ClassifyForm, words=("为什么改", "", ""), button="改成这一类", body=schemas.ClassifyIn,
    arguments=lambda actor, case, body: {"text": body.text, "kind": body.kind, "answers": body.answers},
)  # fmt: skip
spec(
    Act.SPLIT, "parts", "sitemap", _split, "Two to eight parts, each a case of its own; the whole waits for them.",
    form=SplitForm, words=("为什么拆分", "", ""), button="拆成这几件", body=schemas.SplitIn, arguments=_parts,
)  # fmt: skip
spec(
    Act.MERGE, "merges", "git-merge", "已合并，双方反映人会收到通知",
    "End it as a duplicate of an open case of the same level in charge.", form=MergeForm,
    words=("为什么是同一件事", "双方反映人会看到。", "请写明为什么是同一件事，双方反映人会看到。"), button="合并，结束这一件",
    danger=True, body=schemas.MergeIn,
    arguments=lambda actor, case, body: {"text": body.text, "into": case_of(actor, body.into)},
)  # fmt: skip
spec(
    Act.UNMERGE, "unmerges", "arrow-back-up", _unmerged, "Undo a merge while the main case is open; clocks go on.",
    words=("为什么撤销", "合并的这段时间不算进时限。", ""),
)  # fmt: skip
spec(
    Act.NOTE, "notes", "message-plus", _noted, "Internal words; colleagues who see the case may be mentioned.",
    form=NoteForm, words=("备注", "只给办这件事的人看，反映人和群众看不到。", "请写备注的内容。"), button="写下备注",
    body=schemas.NoteIn, arguments=_note,
)  # fmt: skip
spec(
    Act.CONTACT, "contacts", "phone", _contacted, "Whoever told of it was contacted, or it was tried.",
    form=ContactForm, words=("说了什么", "有账号的反映人看得到，可以不填。", ""), button="记下这次联系", body=schemas.ContactedIn,
    arguments=lambda actor, case, body: {"text": body.text, "how": body.how, "reached": body.reached},
)  # fmt: skip
spec(
    Act.MODERATE, "moderations", "eye-off", _moderated, "Cover words or a photo, or lift a cover; originals are kept.",
    form=ModerateForm, words=("原因", "看得到这件事的人都会看到原因，不要写原话。", "请写明为什么要处理，办事的人会看到。"),
    button="就这样处理", body=schemas.ModerateIn,
    arguments=lambda actor, case, body: {"text": body.text, "what": body.what, "instead": body.instead},
)  # fmt: skip
spec(
    Act.PUBLISH, "summaries", "world", _published,
    "What everybody may read of it: 2 to 200 characters without anything personal; empty takes it back.",
    form=PublishForm, words=("给群众看的话", "2 到 200 字，只写办了什么；不写姓名、电话、门牌和身份证号。全删掉就是撤下。", ""),
    button="公开这段话", body=schemas.BesideIn,
)  # fmt: skip
