"""The views that a person keeps of the list of projects: what is kept, which one is shown, what it no longer finds."""

from functools import cached_property

from django.http import QueryDict

from programme.colonnes_de_liste import COLONNES as LES_COLONNES
from programme.colonnes_de_liste import PARAMETRE as COLONNES
from programme.colonnes_de_liste import TITRE
from programme.filters import FiltreProjets
from programme.models import VueDeProjets
from programme.models.vues import PARAMETRE_VUE, TOUTES
from tableurs.francais import enumeration
from tableurs.typographie import typographier

TRIS_DITS = {"titre": "projet", "territoire": "territoire", "depuis": "date de l'état"}
CLES = [TITRE.cle, *(colonne.cle for colonne in LES_COLONNES)]
RETENUS = (*FiltreProjets.CRITERES, "tri", COLONNES)


def question_retenue(parametres):
    """Return what is kept of an address: always in the same order, so that two can be compared."""
    retenue = QueryDict(mutable=True)
    for nom in RETENUS:
        valeurs = [valeur for valeur in parametres.getlist(nom) if valeur]
        # Of a filter asked twice, the last one is heard; columns are always in the same order.
        retenue.setlist(nom, [cle for cle in CLES if cle in valeurs] if nom == COLONNES else valeurs[-1:])
    return retenue.urlencode()


def ce_qu_elle_montre(vue, filtre):
    """Return in words what a view asks: [text]. `filtre`: any of its reader, for what things are called."""
    demandes = QueryDict(vue.question)
    mots = [_en_mots(nom, demandes.getlist(nom), filtre) for nom in demandes]
    return [typographier(texte) for texte in mots] or ["Tous les projets"]


def _en_mots(nom, valeurs, filtre):
    if nom == COLONNES:
        titres = {colonne.cle: colonne.titre for colonne in LES_COLONNES}
        demandees = [titres.get(cle, f"« {cle} », qui n'existe plus") for cle in valeurs if cle != TITRE.cle]
        return f"Colonnes : {enumeration(demandees) or 'le projet seul'}"
    valeur = valeurs[-1]
    if nom == "tri":
        sens = ", en sens inverse" if valeur.startswith("-") else ""
        return f"Tri : {TRIS_DITS.get(valeur.lstrip('-'), valeur)}{sens}"
    if nom not in filtre.filters:
        return f"« {nom} », qui n'existe plus"
    libelle = filtre.filters[nom].label
    return libelle if nom in filtre.A_COCHER else f"{libelle} : {filtre.mots(nom, valeur)}"


class MesVues:
    """Those of a reader, and which of them the address shows: one query."""

    def __init__(self, personne, parametres):
        self.parametres = parametres
        self.toutes = list(VueDeProjets.objects.visibles_par(personne)) if personne.is_authenticated else []

    @cached_property
    def montree(self):
        """The view that the address names, None when it is not one of theirs."""
        demandee = self.parametres.get(PARAMETRE_VUE)
        return next((vue for vue in self.toutes if vue.cle == demandee), None)

    @property
    def par_defaut(self):
        return next((vue for vue in self.toutes if vue.par_defaut), None)

    @property
    def a_ouvrir(self):
        """The default one, for whoever asks nothing."""
        return None if self.parametres else self.par_defaut

    @property
    def question(self):
        return question_retenue(self.parametres)

    @property
    def est_changee(self):
        """Whether the address asks something else than the view that it names."""
        return self.montree is not None and self.question != self._encore_connue(self.montree)

    @property
    def oublies(self):
        """What the view asked, that the list does not know any more."""
        return [nom for nom in QueryDict(self.montree.question) if nom not in RETENUS] if self.montree else []

    def _encore_connue(self, vue):
        return question_retenue(QueryDict(vue.question))


__all__ = ["PARAMETRE_VUE", "RETENUS", "TOUTES", "MesVues", "question_retenue"]
