"""Following a project: milestones reached, readings, obstacles lifted."""

from django import forms
from django.core.exceptions import ValidationError

from comptes.acces import aujourdhui
from programme import valeurs_de_fiche as plat
from programme.champs_de_saisie import ChampDate, ChampNombre
from programme.models import Releve
from tableurs.francais import jour


class FormulaireFait(forms.Form):
    """The day when a milestone was reached, or an obstacle lifted. Another's entry is never overwritten unseen."""

    le = ChampDate(required=False)
    lue = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, partie, champ, mots, **kwargs):
        self.partie, self.champ = partie, champ
        self.actuel = getattr(partie, champ)
        super().__init__(*args, initial={"le": self.actuel, "lue": plat.a_plat(self.actuel)}, **kwargs)
        self.fields["le"].label = mots

    def clean_le(self):
        le = self.cleaned_data["le"]
        setattr(self.partie, self.champ, le)
        try:
            self.partie.clean()
        except ValidationError as erreur:
            raise ValidationError(erreur.messages) from None
        return le

    def clean(self):
        donnees = super().clean()
        lue, maintenant = donnees.get("lue", ""), plat.a_plat(self.actuel)
        if lue != maintenant and plat.a_plat(donnees.get("le")) not in (lue, maintenant):
            # What is shown next was seen: sent again, it is a choice.
            self.data = self.data.copy()
            self.data[self.add_prefix("lue")] = maintenant
            self.add_error(
                "le",
                f"Quelqu'un d'autre vient d'écrire : {jour(self.actuel) or 'aucune date'}. "
                "Enregistrez de nouveau pour garder la vôtre.",
            )
        return donnees

    @property
    def a_change(self):
        """Whether a day was typed, or taken away, by this person."""
        le = plat.a_plat(self.cleaned_data["le"])
        return le != self.cleaned_data["lue"] and le != plat.a_plat(self.actuel)

    def save(self):
        self.partie._change_reason = "Suivi"
        self.partie.save()


class FormulaireReleve(forms.Form):
    """A reading: of a day that has one already, it takes its place (the history keeps both)."""

    valeur = ChampNombre(label="Valeur", required=False)
    date = ChampDate(label="Relevée le", required=False)

    def __init__(self, *args, indicateur, **kwargs):
        super().__init__(*args, initial={"date": aujourdhui()}, **kwargs)
        self.indicateur = indicateur

    def clean(self):
        donnees = super().clean()
        if donnees.get("valeur") is not None and "date" not in self.errors:
            if donnees.get("date") is None:
                self.add_error("date", "Dites de quel jour est ce relevé.")
            elif donnees["date"] > aujourdhui():
                self.add_error("date", "Un relevé est d'aujourd'hui ou d'avant.")
        return donnees

    @property
    def a_change(self):
        return self.cleaned_data.get("valeur") is not None

    def save(self):
        Releve.objects.update_or_create(
            indicateur=self.indicateur,
            date=self.cleaned_data["date"],
            defaults={"valeur": self.cleaned_data["valeur"]},
        )


class FormulaireSuivi:
    """All of them, for a project."""

    def __init__(self, projet, donnees=None):
        self.projet = projet
        self.jalons = [self._fait(une, "atteint_le", "Atteinte le", donnees) for une in projet.jalons.all()]
        self.freins = [self._fait(un, "leve_le", "Levé le", donnees) for un in projet.freins.all()]
        self.indicateurs = [
            FormulaireReleve(donnees, indicateur=un, prefix=f"indicateur-{un.cle}")
            for un in projet.indicateurs.prefetch_related("releves")
        ]

    def _fait(self, partie, champ, mots, donnees):
        prefixe = f"{type(partie).__name__.lower()}-{partie.cle}"
        return FormulaireFait(donnees, partie=partie, champ=champ, mots=mots, prefix=prefixe)

    @property
    def formulaires(self):
        return [*self.jalons, *self.indicateurs, *self.freins]

    def is_valid(self):
        # All of them: each says what is wrong with it.
        valides = [formulaire.is_valid() for formulaire in self.formulaires]
        return all(valides)

    def enregistrer(self):
        """Write what changed, in the transaction that holds the project. Returns how many things did."""
        changes = [formulaire for formulaire in self.formulaires if formulaire.a_change]
        for formulaire in changes:
            formulaire.save()
        return len(changes)
