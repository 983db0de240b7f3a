"""A flat fiche in words: what a field is called, what a value says."""

from decimal import Decimal

from programme import valeurs_de_fiche as plat
from programme.forms.parties import FORMULAIRES
from programme.models import Projet
from tableurs.francais import enumeration, jour, nombre

RIEN = "(rien)"
SINGULIERS = {"jalons": "Étape", "indicateurs": "Indicateur", "freins": "Frein"}
NOM_D_UNE_PARTIE = {"jalons": "titre", "indicateurs": "nom", "freins": "regle"}
LONGS = {"contexte", "objectifs", "partenaires", "demande"}


TAXES = {"cout_total_taxe": "Coût total : HT ou TTC", "assiette_taxe": "Assiette : HT ou TTC"}


def nom_du_champ(cle):
    """Return what a field of the fiche itself is called, without its form."""
    libelle = str(Projet._meta.get_field(cle).verbose_name)
    return TAXES.get(cle) or libelle[:1].upper() + libelle[1:]


class Mots:
    """Of the fiche of a form. `fiches`: flat ones, in which the names of parts are looked for."""

    def __init__(self, form, *fiches):
        self.form, self.fiches = form, fiches

    def champ(self, cle):
        partie = plat.partie_de(cle)
        if not partie:
            return TAXES.get(cle, self.form.fields[cle].label)
        nom, cle_de_partie, champ = partie
        debut = f"{SINGULIERS[nom]} « {self._nom_de_la_partie(nom, cle_de_partie)} »"
        if champ == plat.SUPPRIMER:
            return debut
        return f"{debut}, {FORMULAIRES[nom].base_fields[champ].label.lower()}"

    def _nom_de_la_partie(self, nom, cle):
        champ = f"{nom}-{cle}-{NOM_D_UNE_PARTIE[nom]}"
        return next((fiche[champ] for fiche in self.fiches if fiche.get(champ)), "sans nom")

    def valeur(self, cle, valeur):
        """Return a value as one reads it; several choices as a list of their names."""
        partie = plat.partie_de(cle)
        if partie and partie[2] == plat.SUPPRIMER:
            return "Supprimée" if valeur else "Gardée"
        champ = FORMULAIRES[partie[0]].base_fields[partie[2]] if partie else self.form.fields[cle]
        if isinstance(valeur, list):
            return enumeration([champ.noms.get(un, un) for un in valeur]) or RIEN
        if type(champ).__name__ == "BooleanField":
            return "Oui" if valeur else "Non"
        if not valeur:
            return RIEN
        return self._texte(champ, valeur)

    def _texte(self, champ, valeur):
        genre = type(champ).__name__
        if genre == "ChampDate":
            return jour(champ.to_python(valeur))
        if genre in ("ChampMontant", "ChampNombre"):
            lu = Decimal(valeur.replace(",", "."))
            return nombre(lu, 2 if lu != lu.to_integral_value() or genre == "ChampMontant" else 0)
        return str(dict(getattr(champ, "choices", ())).get(valeur, valeur))

    def est_long(self, cle):
        return cle.rpartition("-")[2] in LONGS
