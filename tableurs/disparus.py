"""What the base holds and a file doesn't name: the choices made on it outlive a fresh preview."""

import json
from collections import defaultdict

from tableurs.francais import INSECABLE, pluriel
from tableurs.masse import TAILLE_DE_LOT
from tableurs.models import LigneImport
from tableurs.typographie import typographier


class AnciensDisparus:
    """The disappeared of the former preview of a lot: those that still are, unchanged, keep their row and its choice.

    Empty on the first preview. What the former one holds is erased last: an interruption loses no choice.
    """

    def __init__(self, lot):
        self._lot = lot
        self._cles = defaultdict(list)
        self._choisis = set()
        self.repris = 0
        connus = lot.details.filter(numero=0).values_list("pk", "libelle", "operations", "retenue")
        for cle, libelle, operations, retenue in connus.iterator():
            self._cles[_repere(libelle, operations)].append(cle)
            if retenue:
                self._choisis.add(cle)

    def reprendre(self, verdict):
        """Return the key of the row that says the same, or None: it is then a new one, kept."""
        cles = self._cles[_repere(verdict.libelle, verdict.operations)]
        if not cles:
            return None
        cle = cles.pop()
        self.repris += cle in self._choisis
        return cle

    def effacer_les_autres(self):
        restantes = [cle for cles in self._cles.values() for cle in cles]
        for debut in range(0, len(restantes), TAILLE_DE_LOT):
            lignes = LigneImport.objects.filter(lot=self._lot, pk__in=restantes[debut : debut + TAILLE_DE_LOT])
            lignes._raw_delete(lignes.db)

    def bilan(self):
        """Return what became of the choices, in French; an empty text when there was none."""
        phrases = []
        if self.repris:
            phrases.append(f"Votre choix de mettre fin à {_compter(self.repris, 'disparu')} est repris.")
        oublies = len(self._choisis) - self.repris
        if oublies:
            quoi = pluriel(oublies, "il a changé ou n'en est plus un", "ils ont changé ou n'en sont plus")
            combien = _compter(oublies, "autre disparu" if self.repris else "disparu")
            phrases.append(f"Il n'est plus prévu de mettre fin à {combien} : {quoi}.")
        return typographier(" ".join(phrases))


def _compter(quantite, quoi):
    return f"{quantite}{INSECABLE}{pluriel(quantite, quoi, quoi.replace('autre', 'autres') + 's')}"


def _repere(libelle, operations):
    """Return what tells a disappeared object and the state that it is in; not the day when it would end."""
    etats = [[operation["modifier"], operation["cle"], operation["avant"]] for operation in operations]
    return libelle[:300], json.dumps(etats, sort_keys=True)
