"""The form that sends a file of outlines."""

from django import forms

from shanzhi.access.forms import TakingForm
from shanzhi.lib.datums import LABELS, Datum


class OutlineUploadForm(TakingForm):
    """A file, in what it gives its positions, and the day from which its outlines count."""

    file = forms.FileField(
        label="边界文件",
        help_text="GeoJSON（properties 里有 code），或 CSV（“代码”和“边界”两列，边界写 WKT 或一串经度纬度）",
        widget=forms.FileInput(attrs={"accept": ".geojson,.json,.csv,application/geo+json,text/csv"}),
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请选择有内容的文件。"},
    )
    datum = forms.ChoiceField(
        label="坐标系",
        help_text="选错会整体偏移几百米",
        choices=list(LABELS.items()),
        initial=Datum.CGCS2000,
        error_messages={"required": "请选择坐标系。", "invalid_choice": "请选择坐标系。"},
    )
    on = forms.DateField(
        label="生效日期",
        help_text="从哪天起按新边界算；在这之前的仍按原来的边界",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请选择生效日期。", "invalid": "日期写成 2026-03-01 这样。"},
    )
