"""Several lines programmed together: on which share, how much for each, by whose decision. Amounts are in euros."""

from django import forms

from comptes.acces import aujourdhui
from programme.argent.enums import AUTORITES, AutoriteFinanciere, EtatFinancement
from programme.champs_de_saisie import ChampDate, ChampMontant
from programme.forms.parcours import ParCle
from programme.models import Dotation, Enveloppe
from territoires.models import Region

MAXIMUM = 200


class FiltreDemandes(forms.Form):
    """What the list of requests is asked."""

    EN_ATTENTE, TOUTES = "attente", "toutes"

    etat = forms.ChoiceField(
        label="État",
        required=False,
        choices=[(EN_ATTENTE, "À instruire ou à programmer"), (TOUTES, "Toutes"), *EtatFinancement.choices],
    )
    enveloppe = forms.ModelChoiceField(
        Enveloppe.objects.all(), label="Enveloppe", required=False, empty_label="Toutes", to_field_name="code"
    )
    region = forms.ModelChoiceField(Region.objects.all(), label="Région", required=False, empty_label="Toutes")
    q = forms.CharField(label="Projet, bénéficiaire, dossier", required=False, max_length=100)

    def etats(self):
        """Return the states that are asked for: without a word, those that await somebody."""
        demande = self.cleaned_data["etat"]
        if demande == self.TOUTES:
            return list(EtatFinancement)
        return [demande] if demande not in ("", self.EN_ATTENTE) else EtatFinancement.avant_decision()


class FormulaireProgrammation(forms.Form):
    dotation = ParCle(Dotation.objects.none(), label="Enveloppe régionale", empty_label="Choisir")
    autorite = forms.ChoiceField(label="Autorité qui décide", choices=[("", "Choisir"), *AutoriteFinanciere.choices])
    autorite_precision = forms.CharField(label="Laquelle, si c'est une autre autorité", required=False, max_length=200)
    date = ChampDate(label="Date de la décision")
    acte = forms.CharField(
        label="Acte", required=False, max_length=200, help_text="Relevé, délibération : sa référence."
    )

    DE_LA_DECISION = ("autorite", "autorite_precision", "date", "acte")

    def __init__(self, *args, lignes, personne, **kwargs):
        super().__init__(*args, **kwargs)
        self.lignes = lignes
        enveloppes = {ligne.enveloppe_id for ligne in lignes}
        regions = {ligne.region_id for ligne in lignes}
        dotations = Dotation.objects.visibles_par(personne).filter(exercice__enveloppe__in=enveloppes)
        self.fields["dotation"].queryset = dotations.filter(region__in=[*regions]).select_related(
            "exercice__enveloppe", "region", "territoire"
        ) | dotations.filter(region=None).select_related("exercice__enveloppe", "region", "territoire")
        self.initial["date"] = aujourdhui()
        if lignes:
            self.initial["autorite"] = AUTORITES[lignes[0].enveloppe.circuit]
        for ligne in lignes:
            champ = ChampMontant(label=f"Montant pour {ligne.objet_dit} (€)")
            self.fields[f"montant-{ligne.cle}"] = champ
            self.initial[f"montant-{ligne.cle}"] = ligne.demande

    def montants(self):
        """Yield (line, bound field of its amount)."""
        for ligne in self.lignes:
            yield ligne, self[f"montant-{ligne.cle}"]

    def de_la_decision(self):
        return [self[nom] for nom in ("dotation", *self.DE_LA_DECISION)]

    @property
    def choix(self):
        """Return [(line, amount)] as they were asked."""
        return [(ligne, self.cleaned_data[f"montant-{ligne.cle}"]) for ligne in self.lignes]

    @property
    def decision(self):
        return {nom: self.cleaned_data[nom] for nom in self.DE_LA_DECISION}
