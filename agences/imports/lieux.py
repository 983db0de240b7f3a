"""The places that a file names for areas: regions, départements, groups of communes, territories."""

from collections import defaultdict
from typing import NamedTuple

from tableurs.francais import normaliser
from territoires.models import Collectivite, Departement, Region, Territoire
from territoires.noms import noms_des_territoires


class Genre(NamedTuple):
    """Of a column: the field of the area, what its change is called, what to do when a place isn't known."""

    champ: str
    libelle: str
    remede: str


GENRES = {
    "regions": Genre("region", "régions desservies", "Écrivez le nom de la région, ou son code Insee."),
    "departements": Genre("departement", "départements desservis", "Écrivez le nom du département, ou son code."),
    "epci": Genre("collectivite", "intercommunalités desservies", "Vérifiez le SIREN de l'intercommunalité."),
    "territoires": Genre("territoire", "territoires desservis", "Écrivez son nom, ou la fin de l'adresse de sa page."),
}


class Inconnu(Exception):
    """A place that no name tells, or that several do."""

    def __init__(self, colonne, texte, plusieurs):
        super().__init__(f"« {texte} » en désigne plusieurs." if plusieurs else f"« {texte} » n'est pas connu.")
        self.colonne, self.texte, self.remede = colonne, texte, GENRES[colonne].remede


class Lieux:
    """Read once: of each column, {name compared: keys} and {key: name to show}."""

    def __init__(self):
        self.cles = {colonne: defaultdict(set) for colonne in GENRES}
        self.noms = {
            "regions": dict(Region.objects.values_list("code", "nom")),
            "departements": dict(Departement.objects.values_list("code", "nom")),
            "epci": dict(Collectivite.objects.groupements().values_list("code", "nom")),
            "territoires": dict(Territoire.objects.values_list("pk", "nom")),
        }
        for colonne in ("regions", "departements"):
            for code, nom in self.noms[colonne].items():
                self._nommer(colonne, code, code, nom)
        for siren in self.noms["epci"]:
            self._nommer("epci", siren, siren)
        for cle, nom in noms_des_territoires():
            self._nommer("territoires", cle, nom)

    def _nommer(self, colonne, cle, *noms):
        for nom in noms:
            # « 1 » for « 01 »: spreadsheets take the zero away.
            self.cles[colonne][normaliser(nom).lstrip("0")].add(cle)

    def trouver(self, colonne, textes):
        """Return the keys of the places named. Raises `Inconnu`."""
        trouvees = []
        for texte in textes:
            cles = self.cles[colonne].get(normaliser(str(texte)).lstrip("0"), ())
            if len(cles) != 1:
                raise Inconnu(colonne, texte, plusieurs=bool(cles))
            trouvees.extend(cles)
        return trouvees

    def dire(self, colonne, cles):
        """Return the places, by name, as the preview shows them."""
        return " ; ".join(sorted((self.noms[colonne].get(cle, str(cle)) for cle in cles), key=normaliser))
