"""Answering what a porteur proposes."""

from django import forms


class FormulaireAcceptation(forms.Form):
    revision = forms.CharField(widget=forms.HiddenInput)
    champs = forms.MultipleChoiceField(required=False)

    def __init__(self, *args, choix, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["champs"].choices = [(cle, cle) for cle in choix]


class FormulaireRefus(forms.Form):
    motif = forms.CharField(
        label="Pourquoi vous refusez",
        help_text="Le porteur le lit.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Dites pourquoi : le porteur le lit."},
    )
