"""What is foreseen to be paid on a line, a field a year."""

from django import forms

from comptes.acces import aujourdhui
from programme.argent import echeancier
from programme.champs_de_saisie import ChampMontant

# Payments of an investment follow its award by some years.
ANNEES_A_VENIR = 5


class FormulaireEcheancier(forms.Form):
    """From last year on, and every year in which something is foreseen already."""

    def __init__(self, *args, financement, personne, **kwargs):
        super().__init__(*args, **kwargs)
        self.financement, self.personne = financement, personne
        prevus = {un.exercice: un.montant for un in financement.versements_prevus.all()}
        annee = aujourdhui().year
        for exercice in sorted({*prevus, *range(annee - 1, annee + ANNEES_A_VENIR + 1)}):
            champ = ChampMontant(label=f"{exercice} (€)", required=False)
            self.fields[f"annee_{exercice}"] = champ
            self.initial[f"annee_{exercice}"] = prevus.get(exercice)

    def save(self):
        prevus = {int(nom.removeprefix("annee_")): montant for nom, montant in self.cleaned_data.items()}
        echeancier.enregistrer(self.financement, prevus, self.personne)
