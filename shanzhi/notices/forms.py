from django import forms


class ReadAllForm(forms.Form):
    """`up_to` is the newest notice that stood on the page."""

    up_to = forms.IntegerField(min_value=0, max_value=2**63 - 1)
