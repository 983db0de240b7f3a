"""Which movements are looked at, as of when."""

from django import forms

from comptes.acces import aujourdhui
from programme.argent.enums import NatureFinancement
from programme.argent.tableaux import situation
from programme.champs_de_saisie import ChampDate
from programme.models import Enveloppe
from territoires.models import Region


class FiltreMouvements(forms.Form):
    enveloppe = forms.ModelChoiceField(
        Enveloppe.objects.all(), label="Enveloppe", required=False, empty_label="Toutes", to_field_name="code"
    )
    region = forms.ModelChoiceField(Region.objects.all(), label="Région", required=False, empty_label="Toutes")
    nature = forms.ChoiceField(label="Nature", required=False, choices=[("", "Toutes"), *NatureFinancement.choices])
    annee = forms.TypedChoiceField(label="Année", required=False, coerce=int, empty_value=None)
    au = ChampDate(label="Situation au", required=False, help_text="Décidé ce jour ou avant.")
    connue_au = ChampDate(label="Telle que connue au", required=False, help_text="Saisi ici ce jour ou avant.")

    CHEMINS = {
        "enveloppe": "financement__enveloppe",
        "region": "financement__region",
        "nature": "financement__nature",
        "annee": "dotation__exercice__annee",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        annees = range(aujourdhui().year, 2017, -1)
        self.fields["annee"].choices = [("", "Toutes"), *((annee, annee) for annee in annees)]

    def choisir(self, mouvements):
        lus = self.cleaned_data
        demandes = {chemin: lus[nom] for nom, chemin in self.CHEMINS.items() if lus[nom]}
        return situation(mouvements.filter(**demandes), lus["au"], lus["connue_au"])
