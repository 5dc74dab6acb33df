"""The form of what everybody may read of a case."""

from typing import Any, ClassVar

from shanzhi.cases.forms.base import ActForm
from shanzhi.cases.models import Case


class PublishForm(ActForm):
    """Begins with what stands there now; below it what else the public sees."""

    inner = "cases/parts/act_publish.html"
    inner_after: ClassVar[bool] = True

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        self.initial.setdefault("text", case.summary)
