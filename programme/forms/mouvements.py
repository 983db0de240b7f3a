"""Which movements are looked at, as of when."""

from django import forms

from comptes.acces import aujourdhui
from programme.argent.axes import PAR_CLE, SANS_BESOIN
from programme.argent.enums import NatureFinancement
from programme.argent.tableaux import situation
from programme.champs_de_saisie import ChampDate
from programme.models import Besoin, Enveloppe
from territoires.models import Region, Territoire


class FiltreMouvements(forms.Form):
    enveloppe = forms.ModelChoiceField(
        Enveloppe.objects.all(), label="Enveloppe", required=False, empty_label="Toutes", to_field_name="code"
    )
    region = forms.ModelChoiceField(Region.objects.all(), label="Région", required=False, empty_label="Toutes")
    territoire = forms.ModelChoiceField(
        Territoire.objects.order_by("nom"), label="Territoire", required=False, empty_label="Tous", to_field_name="slug"
    )
    besoin = forms.ChoiceField(label="Besoin", required=False)
    nature = forms.ChoiceField(label="Nature", required=False, choices=[("", "Toutes"), *NatureFinancement.choices])
    annee = forms.TypedChoiceField(label="Année", required=False, coerce=int, empty_value=None)
    au = ChampDate(label="Situation au", required=False, help_text="Décidé ce jour ou avant.")
    connue_au = ChampDate(label="Telle que connue au", required=False, help_text="Saisi ici ce jour ou avant.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        annees = range(aujourdhui().year, 2017, -1)
        self.fields["annee"].choices = [("", "Toutes"), *((annee, annee) for annee in annees)]
        self.fields["besoin"].choices = [
            ("", "Tous"), *Besoin.objects.values_list("code", "nom"), *SANS_BESOIN.items(),
        ]  # fmt: skip

    def choisir(self, mouvements):
        lus = self.cleaned_data
        for nom, axe in PAR_CLE.items():
            if lus[nom]:
                mouvements = axe.choisir(mouvements, self.fields[nom].prepare_value(lus[nom]))
        return situation(mouvements, lus["au"], lus["connue_au"])
