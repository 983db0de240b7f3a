"""What somebody decides of what an operator's file says, when the portal couldn't."""

from django import forms
from django.core.exceptions import ValidationError

from programme.argent.rapprochement import attribuables
from tableurs.francais import jour, montant


class FormulaireRattacher(forms.Form):
    """The line that is chosen among those that are proposed, by the key of its address."""

    financement = forms.CharField()

    def __init__(self, *args, fait, personne, **kwargs):
        super().__init__(*args, **kwargs)
        self.lignes = attribuables(personne).filter(enveloppe=fait.enveloppe_id)

    def clean_financement(self):
        ligne = self.lignes.filter(cle=self.cleaned_data["financement"]).first()
        if ligne is None:
            raise ValidationError("Ce financement n'est pas, ou plus, de cette enveloppe : choisissez-en un autre.")
        return ligne


class FormulaireChercher(FormulaireRattacher):
    """Another line, by the number of its project."""

    financement = forms.CharField(
        label="Numéro du projet",
        max_length=16,
        help_text="Celui du portail, par exemple FA-2026-00042.",
        error_messages={"required": "Écrivez le numéro du projet."},
    )

    def clean_financement(self):
        numero = self.cleaned_data["financement"].upper()
        lignes = list(self.lignes.filter(projet__numero=numero)[:2])
        if not lignes:
            raise ValidationError(f"Aucun financement de cette enveloppe n'est demandé pour « {numero} ».")
        if len(lignes) > 1:
            raise ValidationError(
                f"« {numero} » a plusieurs financements de cette enveloppe : donnez au bon, sur sa page, le numéro de "
                "dossier."
            )
        return lignes[0]


class FormulaireEcarter(forms.Form):
    """Of the facts of a case, which are not to count, and why."""

    lesquelles = forms.ChoiceField(
        label="Ce qui est à écarter",
        error_messages={"invalid_choice": "Ce qui attend a changé entre-temps : choisissez de nouveau."},
    )
    motif = forms.CharField(
        label="Pourquoi",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        help_text="Par exemple : ce dossier n'est pas du programme.",
        error_messages={"required": "Dites pourquoi : le motif est gardé et montré."},
    )

    def __init__(self, *args, faits, **kwargs):
        super().__init__(*args, **kwargs)
        toutes = " ".join(un.cle for un in faits)
        dites = [(un.cle, f"{un.get_genre_display()} de {montant(un.montant)}, le {jour(un.date)}") for un in faits]
        lesquelles = self.fields["lesquelles"]
        lesquelles.choices = [(toutes, "Toutes les lignes de ce dossier"), *dites]
        if len(faits) == 1:
            lesquelles.widget = forms.HiddenInput()
        lesquelles.initial = toutes

    def clean_lesquelles(self):
        return set(self.cleaned_data["lesquelles"].split())
