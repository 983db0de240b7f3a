"""The remarks that go with a request for complements."""

from django import forms

from programme.enums import ChampDeFiche
from programme.models import Remarque

LIGNES, LIGNES_MAX = 3, 30
AJOUTER = "ajouter-une-remarque"


class FormulaireRemarque(forms.Form):
    """A field and what is asked of it; left empty, it is nothing."""

    champ = forms.ChoiceField(label="Champ de la fiche", required=False)
    texte = forms.CharField(
        label="Remarque",
        required=False,
        max_length=Remarque._meta.get_field("texte").max_length,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["champ"].choices = [("", "Choisir"), *ChampDeFiche.choices]

    def clean(self):
        donnees = super().clean()
        champ, texte = donnees.get("champ"), donnees.get("texte")
        if texte and not champ and "champ" not in self.errors:
            self.add_error("champ", "Choisissez le champ auquel tient cette remarque.")
        if champ and not texte and "texte" not in self.errors:
            self.add_error("texte", "Écrivez la remarque, ou ne choisissez pas de champ.")
        return donnees


class Remarques:
    """Rows of them. `donnees`: what was sent; one more is given when the button asks."""

    def __init__(self, donnees=None):
        envoyees = donnees.get("remarques", "") if donnees is not None else ""
        nombre = min(int(envoyees), LIGNES_MAX) if envoyees.isdecimal() and len(envoyees) < 4 else LIGNES
        self.en_ajoute = donnees is not None and AJOUTER in donnees
        self.nombre = min(nombre + self.en_ajoute, LIGNES_MAX)
        self.formulaires = [self._ligne(f"remarque-{rang}", donnees) for rang in range(self.nombre)]

    def _ligne(self, prefixe, donnees):
        if not self.en_ajoute:
            return FormulaireRemarque(donnees, prefix=prefixe)
        # Nothing is sent yet: what was typed is shown again, and nothing is wrong with it.
        tapees = {nom: donnees.get(f"{prefixe}-{nom}", "") for nom in ("champ", "texte")}
        return FormulaireRemarque(initial=tapees, prefix=prefixe)

    def __iter__(self):
        return iter(self.formulaires)

    def is_valid(self):
        return all(formulaire.is_valid() for formulaire in self.formulaires)

    def ecrites(self):
        """Return [(field, text)], after `is_valid()`."""
        lues = [formulaire.cleaned_data for formulaire in self.formulaires]
        return [(lue["champ"], lue["texte"]) for lue in lues if lue["champ"] and lue["texte"]]

    @property
    def peut_en_ajouter(self):
        return self.nombre < LIGNES_MAX
