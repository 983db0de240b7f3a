"""What an agency says of itself: the rest of its file is CNER's."""

from django import forms

from agences.models import Agence


class FormulaireCoordonnees(forms.ModelForm):
    class Meta:
        model = Agence
        fields = ["telephone", "adresse", "site", "courriel", "presentation"]
        widgets = {
            "telephone": forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
            "adresse": forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
            "site": forms.URLInput(attrs={"autocomplete": "url", "placeholder": ""}),
            "courriel": forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
            "presentation": forms.Textarea(attrs={"rows": 8}),
        }
        error_messages = {
            "site": {"invalid": "Cette adresse n'est pas celle d'un site. Exemple : https://www.exemple.fr."},
            "courriel": {"invalid": "Cette adresse est incomplète. Exemple : nom@domaine.fr."},
        }
