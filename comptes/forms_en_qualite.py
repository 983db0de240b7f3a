"""In which capacity one acts."""

from django import forms

from comptes.acces import toutes_les_habilitations
from comptes.en_qualite import designation


class FormulaireEnQualite(forms.Form):
    qualite = forms.ChoiceField(
        label="Agir en qualité de",
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Cette habilitation n'est plus en cours : choisissez dans la liste."},
    )

    def __init__(self, *args, personne, **kwargs):
        super().__init__(*args, **kwargs)
        self.siennes = {designation(une): une for une in toutes_les_habilitations(personne)}
        choix = [(cle, f"{une} ({une.get_qualite_display()})") for cle, une in self.siennes.items()]
        self.fields["qualite"].choices = [("", "Toutes mes habilitations à la fois"), *choix]
        actuelle = personne.en_qualite_de
        self.fields["qualite"].initial = designation(actuelle) if actuelle else ""

    @property
    def habilitation(self):
        """The one that was chosen, once the form is valid; None for all of them."""
        return self.siennes.get(self.cleaned_data["qualite"])
