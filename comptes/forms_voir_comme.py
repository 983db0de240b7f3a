"""As whom to look at the portal."""

from django import forms
from dsfr.forms import DsfrBaseForm

from comptes.models import Utilisateur


class FormulaireVoirComme(DsfrBaseForm):
    adresse = forms.EmailField(
        label="Adresse électronique de la personne",
        help_text="Celle de son compte.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, administrateur, **kwargs):
        super().__init__(*args, **kwargs)
        self.administrateur = administrateur

    def clean_adresse(self):
        adresse = self.cleaned_data["adresse"].lower()
        self.personne = Utilisateur.objects.filter(email=adresse, is_active=True).first()
        if self.personne is None:
            raise forms.ValidationError("Aucun compte actif n'a cette adresse. Vérifiez-la dans la liste des membres.")
        if self.personne == self.administrateur:
            raise forms.ValidationError("C'est votre propre compte : vous le voyez déjà.")
        return adresse
