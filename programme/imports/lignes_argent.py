"""What a row of an operator's file says: its case, an award, a payment, as they are kept until they are applied."""

from collections import Counter

from comptes.acces import aujourdhui
from comptes.parcours import A_VENIR
from programme.argent.enums import AUTORITES, Circuit, GenreFait, GenreVersement
from programme.argent.rapprochement import empreinte_de, repere_de
from programme.imports.colonnes_argent import LIBELLES
from programme.imports.reperes import LigneRefusee
from programme.imports.reperes_argent import PARTOUT, est_operee
from tableurs.colonnes import nom_compare
from tableurs.francais import normaliser

IDENTITE = "Il faut le numéro de dossier ou, à défaut, le numéro d'acte, sa date et le SIRET."


class Lecteur:
    """Reads the rows of one file, in its order: two payments that are alike are told apart by their rank."""

    def __init__(self, reperes):
        self.reperes = reperes
        self.rangs = Counter()

    def lire(self, valeurs):
        """Return (case, facts) of a row. Raises `LigneRefusee`."""
        cas = self._cas(valeurs)
        return cas, [*self._attribution(cas, valeurs), *self._versement(cas, valeurs)]

    def _cas(self, valeurs):
        """Return what the facts of a row share. Raises `LigneRefusee`."""
        enveloppe = self._enveloppe(valeurs.get("enveloppe"))
        territoire = self._territoire(valeurs.get("territoire"))
        repere = repere_de_la_ligne(valeurs)
        if not repere:
            raise LigneRefusee("dossier", "", "Rien ne dit de quel dossier il s'agit.", IDENTITE)
        return {
            "enveloppe": enveloppe,
            "region": self._region(enveloppe, territoire, valeurs.get("territoire")),
            "repere": repere,
            "dossier": valeurs.get("dossier") or "",
            "siret": valeurs.get("siret") or "",
            "beneficiaire_nom": valeurs.get("beneficiaire") or "",
            "numero_projet": (valeurs.get("projet") or "").upper(),
            "territoire": territoire,
            "acte": valeurs.get("acte") or "",
        }

    def _enveloppe(self, nom):
        cle = self.reperes.par_nom.get(normaliser(nom)) if nom else self.reperes.choisie
        if cle is None:
            raison = f"« {nom} » n'est pas une enveloppe connue." if nom else "L'enveloppe n'est pas dite."
            raise LigneRefusee("enveloppe", nom, raison, "Écrivez son nom, ou choisissez-la en déposant le fichier.")
        if cle not in self.reperes.regions_permises:
            raison = f"Vous n'êtes pas opérateur de « {self.reperes.enveloppes[cle]} », ou seulement pour la lire."
            raise LigneRefusee("enveloppe", nom, raison, "Retirez la ligne : l'opérateur de cette enveloppe l'importe.")
        return cle

    def _territoire(self, nom):
        if not nom:
            return None
        cles = self.reperes.territoires.get(normaliser(nom), ())
        if len(cles) != 1:
            dit = "en désigne plusieurs" if cles else "n'est pas un territoire connu"
            raise LigneRefusee("territoire", nom, f"« {nom} » {dit}.", "Écrivez le code du territoire.")
        return next(iter(cles))

    def _region(self, enveloppe, territoire, nom):
        """Return the code of the region of a case: its territory's, else the only one where a person operates."""
        miennes = self.reperes.regions_permises[enveloppe]
        if territoire is None:
            if miennes is not PARTOUT and len(miennes) > 1:
                raison = "Vous opérez dans plusieurs régions, et rien ne dit laquelle."
                raise LigneRefusee("territoire", nom, raison, "Écrivez le code du territoire.")
            return None if miennes is PARTOUT else next(iter(miennes))
        region = self.reperes.regions.get(territoire)
        if not est_operee(self.reperes.regions_permises, enveloppe, region):
            raison = f"« {nom} » n'est pas d'une région où vous opérez cette enveloppe."
            raise LigneRefusee("territoire", nom, raison, "Retirez la ligne.")
        return region

    def _attribution(self, cas, valeurs):
        montant = valeurs.get("attribue")
        if not montant:
            return
        for nom in ("acte", "acte_le"):
            if not valeurs.get(nom):
                raison = f"Une attribution a un acte et une date : « {LIBELLES[nom]} » est vide."
                raise LigneRefusee(nom, "", raison, "Complétez la cellule, ou videz le montant attribué.")
        _refuser_l_avenir("acte_le", valeurs["acte_le"])
        circuit = self.reperes.enveloppes[cas["enveloppe"]].circuit
        yield cas | {
            "genre": GenreFait.ATTRIBUTION.value,
            "empreinte": empreinte_de("attribution", cas["repere"], nom_compare(cas["acte"]), montant),
            "montant": str(montant),
            "date": valeurs["acte_le"].isoformat(),
            "autorite": valeurs.get("autorite") or AUTORITES[circuit].value,
        }

    def _versement(self, cas, valeurs):
        montant, nature = valeurs.get("verse"), valeurs.get("nature") or GenreVersement.ACOMPTE.value
        if montant is None or (not montant and nature != GenreVersement.SOLDE):
            return
        le = valeurs.get("verse_le")
        if not le:
            raison = "Un versement a une date : la cellule est vide."
            raise LigneRefusee("verse_le", "", raison, "Complétez la cellule, ou videz le montant versé.")
        _refuser_l_avenir("verse_le", le)
        reference = valeurs.get("reference") or ""
        yield cas | {
            "genre": GenreFait.VERSEMENT.value,
            "empreinte": self._empreinte_du_versement(cas, reference, (le, montant, nature)),
            "montant": str(montant),
            "date": le.isoformat(),
            "autorite": AUTORITES[Circuit.OPERATEUR].value,
            "reference": reference,
            "genre_versement": nature,
            "exercice": valeurs.get("exercice") or le.year,
        }

    def _empreinte_du_versement(self, cas, reference, dit):
        """Its reference in the case, else its day, amount, nature and rank among those that are alike in the file."""
        if reference:
            return empreinte_de("versement", cas["repere"], "référence", nom_compare(reference))
        self.rangs[cas["enveloppe"], cas["repere"], dit] += 1
        rang = self.rangs[cas["enveloppe"], cas["repere"], dit]
        return empreinte_de("versement", cas["repere"], *dit, rang)


def repere_de_la_ligne(valeurs):
    acte_le = valeurs.get("acte_le")
    return repere_de(
        valeurs.get("dossier") or "", valeurs.get("acte") or "", valeurs.get("siret") or "", acte_le and acte_le.year
    )


def _refuser_l_avenir(colonne, le):
    if le > aujourdhui():
        raise LigneRefusee(colonne, le, A_VENIR, "Corrigez la date, ou importez la ligne ce jour-là.")
