"""A form's fields as our parts: label above, hint below it, error between hint and control."""

from __future__ import annotations

from dataclasses import dataclass

from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect, Select
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """One error: `target` is the id of the control, empty for an error of the whole form."""

    target: str
    words: str


def control_html(bound: BoundField, *, described_by: str = "") -> SafeString:
    """The widget with our classes; an invalid one is marked for the eye and for a screen reader."""
    widget = bound.field.widget
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return _choices_html(bound)
    attrs: dict[str, str | bool] = {}
    if described_by:
        attrs["aria-describedby"] = described_by
    if not isinstance(widget, CheckboxInput):
        classes = ["form-select" if isinstance(widget, Select) else "form-control"]
        if bound.errors:
            classes.append("is-invalid")
        if own := widget.attrs.get("class"):
            classes.append(own)
        attrs["class"] = " ".join(classes)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    if isinstance(widget, FileInput) and bound.field.required and bound.errors:
        attrs["required"] = False
    return bound.as_widget(attrs=attrs)


def field_html(bound: BoundField, *, hint: str, label: str, error_icon: SafeString) -> SafeString:
    """Hidden fields are only themselves; a check box is one line; a group of choices is a fieldset."""
    if bound.is_hidden:
        return bound.as_widget()
    name = label or str(bound.label)
    below = hint or str(bound.help_text)
    ids = [f"{bound.auto_id}-{part}" for part, there in (("hint", below), ("error", bound.errors)) if there]
    lead = format_html(
        "{}{}",
        format_html('<span class="hint" id="{}-hint">{}</span>', bound.auto_id, below) if below else "",
        format_html_join(
            "",
            '<div class="field-error" id="{}-error">{}<span>{}</span></div>',
            ((bound.auto_id, error_icon, words) for words in bound.errors),
        ),
    )
    control = control_html(bound, described_by=" ".join(ids))
    if isinstance(bound.field.widget, CheckboxInput):
        return format_html(
            '<div class="field">{}<label class="choice">{}<span>{}</span></label></div>', lead, control, name
        )
    mark = "" if bound.field.required else format_html('<span class="count">{}</span>', "可以不填")
    if isinstance(bound.field.widget, RadioSelect | CheckboxSelectMultiple):
        return format_html(
            '<fieldset class="field" id="{}"><legend class="label">{}{}</legend>{}{}</fieldset>',
            bound.auto_id,
            name,
            mark,
            lead,
            control,
        )
    return format_html(
        '<div class="field"><label class="label" for="{}">{}{}</label>{}{}</div>',
        bound.id_for_label,
        name,
        mark,
        lead,
        control,
    )


def summary(form: BaseForm) -> list[SummaryLine]:
    """Errors of the whole form first, then those of each field in the order of the form."""
    lines = [SummaryLine("", str(words)) for words in form.non_field_errors()]
    for bound in form:
        target = bound.auto_id if isinstance(bound.field.widget, RadioSelect) else bound.id_for_label or bound.auto_id
        lines += [SummaryLine(target, str(words)) for words in bound.errors]
    return lines


def _choices_html(bound: BoundField) -> SafeString:
    rows = format_html_join(
        "",
        '<label class="choice">{}<span>{}</span></label>',
        ((sub.tag(), sub.choice_label) for sub in bound.subwidgets),
    )
    return format_html('<div class="stack">{}</div>', rows)
