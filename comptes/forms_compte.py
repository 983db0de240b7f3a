"""Forms of the account page."""

from django import forms

from comptes import adresses, telephones
from comptes.models import Utilisateur


class FormulaireCoordonnees(forms.ModelForm):
    """How others know a person. The history of the account keeps each change."""

    class Meta:
        model = Utilisateur
        fields = ["prenom", "nom", "fonction", "telephone"]
        help_texts = {
            "fonction": "Par exemple : chef de projet, communauté urbaine de Dunkerque.",
            "telephone": "Facultatif. Par exemple : 03 28 12 34 56.",
        }
        widgets = {
            "prenom": forms.TextInput({"autocomplete": "given-name"}),
            "nom": forms.TextInput({"autocomplete": "family-name"}),
            "fonction": forms.TextInput({"autocomplete": "organization-title"}),
            "telephone": forms.TextInput({"type": "tel", "autocomplete": "tel"}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for nom, manque in (("prenom", "Saisissez votre prénom."), ("nom", "Saisissez votre nom.")):
            self.fields[nom].required = True
            self.fields[nom].error_messages["required"] = manque

    def clean_telephone(self):
        return telephones.lire(self.cleaned_data["telephone"])


class FormulaireAdresse(forms.Form):
    nouvelle = forms.EmailField(
        label="Nouvelle adresse électronique",
        help_text="Format attendu : nom@domaine.fr",
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={
            "required": "Saisissez votre nouvelle adresse.",
            "invalid": "Cette adresse est incomplète. Exemple : nom@domaine.fr.",
        },
    )

    def __init__(self, *args, personne, **kwargs):
        super().__init__(*args, **kwargs)
        self.personne = personne

    def clean_nouvelle(self):
        nouvelle = self.cleaned_data["nouvelle"].lower()
        if nouvelle == self.personne.email:
            raise forms.ValidationError("C'est déjà l'adresse de votre compte.")
        return nouvelle

    def save(self):
        """Ask for the change. Returns whether it was; otherwise the form says why."""
        try:
            adresses.demander(self.personne, self.cleaned_data["nouvelle"])
        except adresses.ChangementImpossible as impossible:
            self.add_error("nouvelle", str(impossible))
            return False
        return True
