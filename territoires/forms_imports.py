"""What the screens ask before a file: the list it goes into and how sure we are of it; whether it is whole."""

import datetime

from django import forms
from django.core.exceptions import ValidationError

from tableurs.forms import FormulaireOptions
from tableurs.francais import jour
from tableurs.typographie import typographier
from territoires.enums import Fiabilite, PrecisionDate
from territoires.models import Liste, Phase

# No slug is written so.
NOUVELLE = "+"
TITRE_MAX = Liste._meta.get_field("titre").max_length
PREMIER_JOUR = datetime.date(2018, 1, 1)
PREMIER_JOUR_DU_DECOUPAGE = datetime.date(2019, 1, 1)
DERNIER_JOUR = datetime.date(2099, 12, 31)
ANNEE_ABSURDE = typographier("Vérifiez l'année : la base connaît le découpage depuis 2019.")


class FormulaireListeImportee(FormulaireOptions):
    """An existing list, or a new one: its date and phase are then needed."""

    complements = ("date", "precision", "titre", "phase")
    titre_des_complements = "La nouvelle liste"
    aide_des_complements = typographier("À remplir seulement si vous avez choisi « Une nouvelle liste ».")

    liste = forms.ChoiceField(
        label="Liste à remplir ou à compléter",
        help_text=typographier("Une liste est la photographie d'un jour : aucune autre liste n'est touchée."),
        error_messages={"required": typographier("Choisissez une liste, ou « Une nouvelle liste ».")},
    )
    date = forms.DateField(
        label="Date de la liste",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": typographier("Cette date n'existe pas : écrivez-la comme 22/11/2018.")},
    )
    precision = forms.ChoiceField(
        label="Cette date est connue", choices=PrecisionDate, required=False, initial=PrecisionDate.JOUR
    )
    titre = forms.CharField(
        label="Titre",
        max_length=TITRE_MAX,
        required=False,
        help_text=typographier("Si vous ne dites rien : « Liste du … »."),
    )
    phase = forms.ModelChoiceField(
        label="Phase du programme", queryset=Phase.objects.all(), required=False, empty_label="Choisissez une phase"
    )
    fiabilite = forms.ChoiceField(label="Fiabilité des lignes ajoutées", choices=Fiabilite, initial=Fiabilite.OFFICIEL)
    source = forms.CharField(
        label="Source",
        required=False,
        max_length=1000,
        help_text=typographier(
            "Qui a publié ce fichier, où et quand : elle sera affichée avec les territoires ajoutés."
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.listes = {liste.slug: liste for liste in Liste.objects.select_related("phase")}
        existantes = [(slug, f"{liste} · {liste.phase}") for slug, liste in self.listes.items()]
        self.fields["liste"].choices = [("", "Choisissez une liste"), *existantes, (NOUVELLE, "Une nouvelle liste")]

    def clean_date(self):
        date = self.cleaned_data["date"]
        if date and not PREMIER_JOUR <= date <= DERNIER_JOUR:
            raise ValidationError(typographier("Vérifiez l'année : le programme commence en 2018."))
        return date

    def clean(self):
        donnees = super().clean()
        if donnees.get("liste") != NOUVELLE:
            return donnees
        for nom, texte in (("date", "Indiquez la date de la nouvelle liste."), ("phase", "Choisissez sa phase.")):
            if not donnees.get(nom) and nom not in self.errors:
                self.add_error(nom, texte)
        date, phase = donnees.get("date"), donnees.get("phase")
        if date and phase and any(liste.date == date and liste.phase == phase for liste in self.listes.values()):
            texte = "Une liste de cette phase porte déjà cette date : choisissez-la plus haut."
            self.add_error("date", typographier(texte))
        return donnees

    @staticmethod
    def resume(options):
        return options.get("titre") or f"liste {options['liste']}"

    def options(self):
        # Whole, even for a list that exists: screens then say which without asking the database.
        donnees = self.cleaned_data
        liste = self.listes.get(donnees["liste"]) or self._nouvelle()
        return {
            "liste": liste.slug,
            "date": liste.date.isoformat(),
            "titre": liste.titre,
            "precision": liste.precision,
            "phase": liste.phase.numero,
            "fiabilite": donnees["fiabilite"],
            "source": donnees["source"],
        }

    def _nouvelle(self):
        donnees = self.cleaned_data
        date, phase = donnees["date"], donnees["phase"]
        slug = date.isoformat()
        return Liste(
            slug=f"{slug}-phase-{phase.numero}" if slug in self.listes else slug,
            titre=donnees["titre"] or f"Liste du {jour(date)}",
            date=date,
            precision=donnees["precision"] or PrecisionDate.JOUR.value,
            phase=phase,
        )


class FormulaireCollectivites(FormulaireOptions):
    """Whether the file only gives changes, or the whole map of one day: what it lacks has then disappeared."""

    COMPLET = "complet"

    complements = ("complet_au",)
    titre_des_complements = "Le fichier complet"
    aide_des_complements = typographier("À remplir seulement si le fichier donne toutes les collectivités.")

    contenu = forms.ChoiceField(
        label="Ce que donne le fichier",
        choices=[
            ("", "Seulement ce qui change"),
            (COMPLET, "Toutes les collectivités de ces natures, à une date"),
        ],
        required=False,
        help_text=typographier(
            "Ce qu'il ne nomme pas reste comme il est, sauf s'il est complet. Les natures sont celles du fichier : un "
            "fichier de communes ne dit rien des intercommunalités."
        ),
    )
    complet_au = forms.DateField(
        label="Date à laquelle il est complet",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=typographier(
            "Celles qui existaient ce jour-là et n'y sont pas seront montrées à part : vous choisirez de les garder ou "
            "d'y mettre fin la veille."
        ),
        error_messages={"invalid": typographier("Cette date n'existe pas : écrivez-la comme 01/01/2025.")},
    )

    def clean_complet_au(self):
        jour_lu = self.cleaned_data["complet_au"]
        if jour_lu and not PREMIER_JOUR_DU_DECOUPAGE <= jour_lu <= DERNIER_JOUR:
            raise ValidationError(ANNEE_ABSURDE)
        return jour_lu

    def clean(self):
        donnees = super().clean()
        complet, date = donnees.get("contenu") == self.COMPLET, donnees.get("complet_au")
        if complet and not date and "complet_au" not in self.errors:
            self.add_error("complet_au", "Indiquez la date à laquelle le fichier est complet.")
        if date and not complet and "contenu" not in self.errors:
            texte = "Vous avez donné une date : choisissez « Toutes les collectivités », ou effacez-la."
            self.add_error("contenu", typographier(texte))
        return donnees

    @staticmethod
    def resume(options):
        if "complet_au" not in options:
            return ""
        return f"fichier complet au {jour(datetime.date.fromisoformat(options['complet_au']))}"

    def options(self):
        date = self.cleaned_data["complet_au"]
        return {"complet_au": date.isoformat()} if date else {}
