"""Fields of forms, typed as French offices write: amounts, numbers, dates, choices among many."""

from django import forms
from django.core.exceptions import ValidationError

from tableurs.francais import nombre
from tableurs.valeurs.base import ValeurRefusee
from tableurs.valeurs.dates import Date
from tableurs.valeurs.nombres import Decimal, Entier, Montant

# As the columns: fourteen digits, two of them after the comma.
MONTANT_MAX = 999_999_999_999
ENTIER_MAX = 2_147_483_647


class ChampLu(forms.CharField):
    """A text, read as the cells of spreadsheets are. What is refused says why, and what to write."""

    def __init__(self, *args, type_de_valeur, **kwargs):
        self.type_de_valeur = type_de_valeur
        super().__init__(*args, **kwargs)

    def to_python(self, value):
        if value in self.empty_values or not str(value).strip():
            return None
        try:
            return self.type_de_valeur.lire(value).valeur
        except ValeurRefusee as refus:
            raise ValidationError(str(refus)) from None

    def prepare_value(self, value):
        """What was typed stays as it was typed; what is kept is written in French."""
        return value if isinstance(value, str) else self.montrer(value)

    def montrer(self, valeur):
        return "" if valeur is None else str(valeur)


class ChampNombre(ChampLu):
    def __init__(self, *args, **kwargs):
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(*args, **{"type_de_valeur": Decimal(maximum=MONTANT_MAX, minimum=-MONTANT_MAX), **kwargs})

    def montrer(self, valeur):
        entier = valeur is None or valeur == valeur.to_integral_value()
        return nombre(valeur, 0 if entier else 2)


class ChampMontant(ChampNombre):
    """An amount in euros: « 1 250 000,50 », « 1,25 M€ »."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"type_de_valeur": Montant(minimum=0, maximum=MONTANT_MAX), **kwargs})

    def montrer(self, valeur):
        return nombre(valeur, 2)


class ChampEntier(ChampLu):
    def __init__(self, *args, **kwargs):
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
        super().__init__(*args, **{"type_de_valeur": Entier(minimum=0, maximum=ENTIER_MAX), **kwargs})

    def montrer(self, valeur):
        return nombre(valeur)


class ChampDate(ChampLu):
    """A day: by the browser's calendar, or typed « 22/11/2026 », « 22 novembre 2026 »."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(*args, **{"type_de_valeur": Date(), **kwargs})

    def prepare_value(self, value):
        return value


class Cases(forms.CheckboxSelectMultiple):
    """Its errors lead to the group."""

    def id_for_label(self, id_, index=None):
        return id_ if index is None else super().id_for_label(id_, index)


class ChoixParmi(forms.MultipleChoiceField):
    """Several among many, in groups, shown as boxes to tick. Keys are those of addresses."""

    widget = Cases
    default_error_messages = {"invalid_choice": "Ce choix n'est pas proposé ici : %(value)s."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"required": False, **kwargs})
        # By key, what may be chosen; in groups: [(title, [key])].
        self.objets, self.groupes = {}, []

    def proposer(self, groupes, nommer=str):
        """Take what may be chosen: [(title of the group, [(key, object)])]."""
        self.groupes = [(titre, [cle for cle, _ in membres]) for titre, membres in groupes]
        self.objets = {cle: objet for _, membres in groupes for cle, objet in membres}
        self.noms = {cle: nommer(objet) for cle, objet in self.objets.items()}
        self.choices = [(titre, [(cle, self.noms[cle]) for cle in cles]) for titre, cles in self.groupes]

    def valid_value(self, value):
        return str(value) in self.objets

    def clean(self, value):
        return sorted(set(super().clean(value)))
