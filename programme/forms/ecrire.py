"""A message to several people."""

from django import forms
from dsfr.forms import DsfrBaseForm


class FormulaireMessage(DsfrBaseForm):
    objet_du_message = forms.CharField(
        label="Objet",
        max_length=120,
        error_messages={"required": "Donnez un objet à votre message."},
    )
    texte = forms.CharField(
        label="Message",
        help_text="Votre nom et les projets de chaque personne y sont ajoutés. 5 000 caractères au plus.",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": "Écrivez votre message."},
    )

    def clean_objet_du_message(self):
        """On one line: it becomes a header."""
        return " ".join(self.cleaned_data["objet_du_message"].split())
