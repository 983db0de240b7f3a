"""A scenario: its share and its name; what it gives to each line of a page. Amounts are in euros."""

from django import forms

from comptes.acces import aujourdhui
from programme.argent.enums import AUTORITES, AutoriteFinanciere
from programme.champs_de_saisie import ChampDate, ChampMontant
from programme.forms.parcours import ParCle
from programme.models import Dotation, Scenario


class FormulaireScenario(forms.ModelForm):
    class Meta:
        model = Scenario
        fields = ["dotation", "nom", "notes"]
        field_classes = {"dotation": ParCle}
        widgets = {"notes": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, personne, **kwargs):
        super().__init__(*args, **kwargs)
        self.personne = personne
        dotations = Dotation.objects.visibles_par(personne).select_related(
            "exercice__enveloppe", "region", "territoire"
        )
        self.fields["dotation"].queryset = dotations.order_by("-exercice__annee", "exercice__enveloppe__ordre")
        self.fields["dotation"].empty_label = "Choisir"
        self.fields["dotation"].label = "Enveloppe régionale"

    def clean_dotation(self):
        dotation = self.cleaned_data["dotation"]
        if not Scenario.objects.decidables(self.personne, dotation):
            raise forms.ValidationError("Vous ne décidez pas sur cette enveloppe régionale.")
        return dotation

    def save(self, commit=True):
        self.instance.saisi_par = self.personne
        return super().save(commit)


class FormulaireMontants(forms.Form):
    """One amount for each line of a page; empty, it receives nothing."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, scenario, lignes, donnes, **kwargs):
        super().__init__(*args, **kwargs)
        self.lignes = lignes
        self.initial["revision"] = scenario.revision
        for ligne in lignes:
            self.fields[f"montant-{ligne.cle}"] = ChampMontant(
                label=f"Montant proposé pour {ligne.objet_dit} (€)", required=False
            )
            self.fields[f"montant-{ligne.cle}"].widget.attrs["class"] = "fr-input"
            self.initial[f"montant-{ligne.cle}"] = donnes.get(ligne.pk)

    def par_ligne(self):
        """Yield (line, bound field of its amount)."""
        for ligne in self.lignes:
            yield ligne, self[f"montant-{ligne.cle}"]

    @property
    def montants(self):
        return {ligne: self.cleaned_data[f"montant-{ligne.cle}"] for ligne in self.lignes}


class FormulaireDecision(forms.Form):
    """By whose decision a scenario is programmed."""

    autorite = forms.ChoiceField(label="Autorité qui décide", choices=[("", "Choisir"), *AutoriteFinanciere.choices])
    autorite_precision = forms.CharField(label="Laquelle, si c'est une autre autorité", required=False, max_length=200)
    date = ChampDate(label="Date de la décision")
    acte = forms.CharField(label="Acte", required=False, max_length=200, help_text="La référence de la décision.")

    def __init__(self, *args, scenario, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial |= {"autorite": AUTORITES[scenario.dotation.exercice.enveloppe.circuit], "date": aujourdhui()}
