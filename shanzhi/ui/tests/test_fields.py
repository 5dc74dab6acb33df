"""Fields of a form: label, hint, error and control are tied to each other, for the eye and for a screen reader."""

import re

from django import forms
from django.template import Context, Template

from shanzhi.ui.samples import ChoiceForm, SampleForm

BAD = {"id_number": "341181190003040091", "amount": "0.00", "kind": "road"}


class Upload(forms.Form):
    file = forms.FileField(label="表格")
    token = forms.CharField(widget=forms.HiddenInput)
    areas = forms.MultipleChoiceField(label="村", choices=[("1", "桥南村")], widget=forms.CheckboxSelectMultiple)
    name = forms.CharField(label="名字", widget=forms.TextInput(attrs={"class": "num"}))

    def clean(self) -> None:
        raise forms.ValidationError("两次填的不一样，请核对")


def render(source: str, form: forms.Form) -> str:
    return Template("{% load ui %}" + source).render(Context({"form": form}))


def ids_of(html: str) -> set[str]:
    return set(re.findall(r' id="([^"]+)"', html))


def test_a_field_has_label_hint_and_control() -> None:
    html = render("{% field form.id_number %}", SampleForm())
    assert '<label class="label" for="id_id_number">身份证号</label>' in html
    assert '<span class="hint" id="id_id_number-hint">18 位，末位可以是 X</span>' in html
    assert 'class="form-control"' in html
    assert 'aria-describedby="id_id_number-hint"' in html
    assert "is-invalid" not in html


def test_an_error_stands_between_hint_and_control_and_is_announced() -> None:
    html = render("{% field form.id_number %}", SampleForm(BAD))
    assert html.index("18 位") < html.index("第 18 位应为 X") < html.index("<input")
    assert 'aria-invalid="true"' in html
    assert "form-control is-invalid" in html
    described = re.search(r'aria-describedby="([^"]+)"', html)
    assert described
    assert set(described.group(1).split()) <= ids_of(html)


def test_what_may_stay_empty_says_so() -> None:
    html = render("{% field form.note %}", SampleForm())
    assert "可以不填" in html
    assert "<textarea" in html
    assert "可以不填" not in render("{% field form.amount %}", SampleForm())


def test_words_of_the_page_replace_those_of_the_form() -> None:
    html = render('{% field form.amount "写到分" "花了多少钱" %}', SampleForm())
    assert "写到分" in html
    assert "花了多少钱" in html
    assert "金额（元）" not in html


def test_a_select_looks_like_one() -> None:
    html = render("{% field form.kind %}", SampleForm())
    assert 'class="form-select"' in html
    assert "环境卫生" in html


def test_choices_are_lines_in_a_fieldset() -> None:
    html = render("{% field form.how %}", ChoiceForm())
    assert html.startswith('<fieldset class="field" id="id_how"><legend class="label">怎么办</legend>')
    assert html.count('<label class="choice">') == 2
    assert html.count("checked") == 1


def test_a_check_box_is_one_line() -> None:
    html = render("{% field form.danger %}", ChoiceForm())
    assert '<label class="choice"><input type="checkbox"' in html
    assert "form-control" not in html


def test_other_widgets() -> None:
    form = Upload()
    assert render("{% field form.token %}", form).startswith('<input type="hidden"')
    assert 'type="checkbox"' in render("{% field form.areas %}", form)
    assert 'class="form-control num"' in render("{% field form.name %}", form)
    assert 'type="file"' in render("{% control form.file %}", form)


def test_the_summary_links_each_line_to_its_field_with_the_same_words() -> None:
    form = SampleForm(BAD)
    html = render("{% error_summary form %}{% for f in form %}{% field f %}{% endfor %}", form)
    assert "有 2 处要改" in html
    links = re.findall(r'<a href="#([^"]+)">([^<]+)</a>', html)
    assert links == [("id_id_number", "身份证号第 18 位应为 X，请核对后重填"), ("id_amount", "金额要大于 0")]
    assert {target for target, _ in links} <= ids_of(html)
    assert all(html.count(words) == 2 for _, words in links)


def test_the_summary_of_a_good_form_is_nothing() -> None:
    form = SampleForm({"id_number": "34118119000304009X", "amount": "1", "kind": "road"})
    assert render("{% error_summary form %}", form).strip() == ""
    assert render("{% error_summary form %}", SampleForm()).strip() == ""


def test_an_error_of_the_whole_form_comes_first_without_a_link() -> None:
    html = render("{% error_summary form %}", Upload({"name": "张", "areas": "1"}))
    lines = re.findall(r"<li>(.*?)</li>", html)
    assert lines[0] == "两次填的不一样，请核对"
    assert "#id_file" in lines[1]


def test_values_are_escaped() -> None:
    html = render("{% field form.name %}{% error_summary form %}", Upload({"name": '"><script>'}))
    assert "<script>" not in html


def test_a_group_with_an_error_is_found_by_the_link() -> None:
    html = render("{% error_summary form %}{% field form.how %}", ChoiceForm({"how": "x"}))
    links = re.findall(r'<a href="#([^"]+)">', html)
    assert links == ["id_how"]
    assert "id_how" in ids_of(html)
