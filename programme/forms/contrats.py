"""The contracts of the territories."""

from django import forms
from django.db.models import Q

from comptes.acces import aujourdhui, est_administrateur
from programme.champs_de_saisie import ChampDate
from programme.enums import EtatProjet, GenreContrat
from programme.models import Contrat, Projet
from territoires.models import Territoire, territoires_pilotes_par


def territoires_contractants(personne):
    """Return the territories of which a person keeps the contracts."""
    if est_administrateur(personne):
        return Territoire.objects.order_by("nom")
    return Territoire.objects.filter(pk__in=territoires_pilotes_par(personne)).order_by("nom")


class ChoixDuTerritoire(forms.Form):
    """First of which territory: the rest of the form follows from it."""

    territoire = forms.ModelChoiceField(
        Territoire.objects.none(),
        to_field_name="slug",
        label="Territoire",
        empty_label="Choisir",
        error_messages={"invalid_choice": "Vous ne tenez pas les contrats de ce territoire."},
    )

    def __init__(self, *args, personne, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["territoire"].queryset = territoires_contractants(personne)


class ChampProjets(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{**kwargs, "to_field_name": "cle"})


class ChampContrat(forms.ModelChoiceField):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{**kwargs, "to_field_name": "cle"})


class FormulaireContrat(forms.ModelForm):
    signe_le = ChampDate(label="Signé le")
    du = ChampDate(label="À partir du")
    au = ChampDate(label="Jusqu'au", help_text="Vide : sans terme écrit.", required=False)

    class Meta:
        model = Contrat
        fields = ["genre", "contrat_initial", "signe_le", "du", "au", "signataires", "projets"]
        field_classes = {"projets": ChampProjets, "contrat_initial": ChampContrat}
        widgets = {"signataires": forms.Textarea(attrs={"rows": 5}), "projets": forms.CheckboxSelectMultiple}
        help_texts = {"projets": "Ceux du territoire, une fois inscrits ; le public ne voit que les projets publics."}

    def __init__(self, *args, personne, **kwargs):
        super().__init__(*args, **kwargs)
        contrat = self.instance
        if contrat._state.adding:
            contrat.saisi_par = personne
        siens = Contrat.objects.filter(territoire=contrat.territoire_id).exclude(pk=contrat.pk)
        self.fields["contrat_initial"].queryset = siens.exclude(genre=GenreContrat.AVENANT)
        self.fields["contrat_initial"].empty_label = "Aucun"
        # The object: the form of a model gives its number, which is no choice here.
        self.initial["contrat_initial"] = contrat.contrat_initial
        self.fields["genre"].choices = [("", "Choisir"), *GenreContrat.choices]
        inscrits = Q(etat__in=EtatProjet.publics())
        if contrat.pk:
            inscrits |= Q(contrats=contrat)
        projets = Projet.objects.filter(
            inscrits, Q(territoire=contrat.territoire_id) | Q(territoires_associes=contrat.territoire_id)
        )
        self.fields["projets"].queryset = projets.distinct().order_by("numero")

    def clean(self):
        donnees = super().clean()
        du, au = donnees.get("du"), donnees.get("au")
        if du and au and au < du:
            self.add_error("au", "La fin d'un contrat doit suivre son début.")
        est_avenant = donnees.get("genre") == GenreContrat.AVENANT
        if est_avenant and not donnees.get("contrat_initial") and "contrat_initial" not in self.errors:
            self.add_error("contrat_initial", "Dites quel contrat cet avenant modifie.")
        elif donnees.get("genre") and not est_avenant and donnees.get("contrat_initial"):
            self.add_error("contrat_initial", "Seul un avenant modifie un contrat.")
        if donnees.get("signe_le") and donnees["signe_le"] > aujourdhui():
            self.add_error("signe_le", "Cette date est à venir : un contrat s'enregistre une fois signé.")
        return donnees
