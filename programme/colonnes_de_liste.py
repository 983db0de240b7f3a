"""The columns of the list of projects: which a reader may choose, what each shows, what its file holds.

Chosen by the address (`colonnes=territoire&colonnes=cout`), in the order of this module whatever the order asked.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from django.db.models import Case, Exists, F, OuterRef, Value, When
from django.utils import timezone
from django.utils.http import urlencode

from programme.enums import EtatProjet, Meteo
from programme.exports import PROJETS, montants_selon_le_lecteur
from programme.models import Projet
from tableurs.ecriture.colonnes import SEPARATEUR_DE_LISTE
from tableurs.exports import ColonneExport
from tableurs.francais import jour, montant, nombre
from tableurs.typographie import typographier

PARAMETRE = "colonnes"
COUVERT = "Secret des affaires"
# Nothing to say of it: not known, or not for this reader.
RIEN = ""


class Cellule(NamedTuple):
    """What a cell holds. `ton`: of a badge of the DSFR; None for a mere text."""

    texte: str
    mention: str = ""
    ton: str | None = None


@dataclass(frozen=True)
class Colonne:
    """A column. `fichier`: the keys of those of the file; `tri`: how the address asks for its order.

    `multiple`: of several values, the relation and the name of its other end. `connus`: not for visitors.
    """

    cle: str
    titre: str
    montrer: Callable | None = None
    fichier: tuple[str, ...] = ()
    tri: str = ""
    classe: str = ""
    multiple: tuple[str, str] | None = None
    connus: bool = False


def _le(instant):
    return jour(timezone.localdate(instant)) if instant else ""


def _montant(valeur, taxe):
    def montrer(projet):
        if not projet.montants_visibles:
            return Cellule(RIEN, COUVERT)
        lue = getattr(projet, valeur)
        return Cellule(montant(lue), getattr(projet, f"get_{taxe}_display")()) if lue is not None else Cellule(RIEN)

    return montrer


def _meteo(projet):
    if not (projet.est_connu and projet.meteo and projet.etat in EtatProjet.suivis()):
        return Cellule(RIEN)
    return Cellule(projet.get_meteo_display(), f"le {_le(projet.meteo_le)}", projet.ton_de_la_meteo)


# Always shown, and first.
TITRE = Colonne("titre", "Projet", lambda p: Cellule(p.titre, p.numero or ""), ("numero", "titre"), tri="titre")
COLONNES = (
    Colonne(
        "territoire", "Territoire", lambda p: Cellule(p.territoire.nom), ("territoire",), tri="territoire"
    ),
    Colonne(
        "etat",
        "État",
        lambda p: Cellule(p.get_etat_display(), f"depuis le {_le(p.etat_depuis)}", p.ton),
        ("etat", "etat_depuis"),
        tri="depuis",
    ),
    Colonne("porteur", "Porteur", lambda p: Cellule(p.porteur_nom), ("porteur_nom",)),
    Colonne("genre", "Nature du porteur", lambda p: Cellule(p.get_porteur_genre_display()), ("porteur_genre",)),
    Colonne("siren", "SIREN du porteur", lambda p: Cellule(p.porteur_siren), ("porteur_siren",)),
    Colonne(
        "cout", "Coût total", _montant("cout_total", "cout_total_taxe"), ("cout_total", "cout_total_taxe"),
        classe="montant",
    ),
    Colonne(
        "assiette", "Assiette éligible", _montant("assiette_eligible", "assiette_taxe"),
        ("assiette_eligible", "assiette_taxe"), classe="montant",
    ),
    Colonne("maturite", "Maturité", lambda p: Cellule(p.get_maturite_display()), ("maturite",)),
    Colonne("debut", "Début prévu", lambda p: Cellule(jour(p.debut)), ("debut",)),
    Colonne("fin", "Fin prévue", lambda p: Cellule(jour(p.fin)), ("fin",)),
    Colonne("emplois", "Emplois attendus", lambda p: Cellule(nombre(p.emplois)), ("emplois",), classe="montant"),
    Colonne("mesures", "Mesures", multiple=("mesures", "mesure")),
    Colonne("meteo", "Météo", _meteo, ("meteo",), connus=True),
    Colonne("etiquettes", "Étiquettes", multiple=("etiquettes", "etiquette"), connus=True),
)  # fmt: skip
PAR_DEFAUT = ("territoire", "etat", "porteur", "cout")
MONTANTS = {"cout", "assiette"}


class Entete(NamedTuple):
    """The head of a column. `tri`: the order to ask for, "" when there is none; `sens`: aria-sort."""

    titre: str
    classe: str
    tri: str = ""
    sens: str = ""


class Tableau:
    """What a reader sees of projects, in the columns that they chose: the page's rows, or the file's."""

    def __init__(self, personne, demandees, noms):
        """`demandees`: keys, as the address has them. `noms`: {column of several values: what its reader may read}.

        What may be read: [(key, words, primary key)]; a region's tags are nobody else's.
        """
        self.personne = personne
        self._noms = {cle: {pk: mots for _, mots, pk in lus} for cle, lus in noms.items()}
        self.proposees = [
            colonne
            for colonne in COLONNES
            if (personne.is_authenticated or not colonne.connus) and (not colonne.multiple or self._noms[colonne.cle])
        ]
        voulues = [cle for cle in demandees if cle] or PAR_DEFAUT
        offertes = {TITRE.cle, *(colonne.cle for colonne in self.proposees)}
        self.inconnues = [cle[:50] for cle in dict.fromkeys(voulues) if cle not in offertes]
        self.choisies = [TITRE, *(colonne for colonne in self.proposees if colonne.cle in voulues)]

    @cached_property
    def cles(self):
        return {colonne.cle for colonne in self.choisies}

    @property
    def est_habituel(self):
        return self.cles == {TITRE.cle, *PAR_DEFAUT}

    @property
    def question(self):
        """What an address says to have these columns."""
        return urlencode([(PARAMETRE, colonne.cle) for colonne in self.choisies])

    @property
    def cases(self):
        """What the reader may choose: [(column, whether it is shown)]."""
        return [(colonne, colonne.cle in self.cles) for colonne in self.proposees]

    def entetes(self, tri):
        """Return the heads of a table put in order by `tri`."""
        for colonne in self.choisies:
            if not colonne.tri:
                yield Entete(colonne.titre, colonne.classe)
                continue
            sens = {colonne.tri: "ascending", f"-{colonne.tri}": "descending"}.get(tri, "")
            yield Entete(colonne.titre, colonne.classe, f"-{colonne.tri}" if tri == colonne.tri else colonne.tri, sens)

    def preparer(self, projets):
        """Return the projects with what their cells need to know of the reader, in their own query."""
        dits = ["montants_visibles"] if self.cles & MONTANTS else []
        dits += ["est_connu"] if "meteo" in self.cles else []
        return projets.select_related("territoire").dits_a(self.personne, *dits)

    def lignes(self, projets):
        """Return [(project, [(class, *cell)] after the first)] of a page. Columns of several values: one query."""
        projets = list(projets)
        lues = self._plusieurs([colonne for colonne in self.choisies if colonne.multiple], [p.pk for p in projets])
        return [
            (projet, [(une.classe, *self._cellule(une, projet, lues)) for une in self.choisies[1:]])
            for projet in projets
        ]

    def _cellule(self, colonne, projet, lues):
        if colonne.montrer:
            return colonne.montrer(projet)
        return Cellule(typographier(lues[colonne.cle].get(projet.pk, RIEN)))

    def _plusieurs(self, colonnes, cles):
        """Return {column: {project: its words}}, in the order in which they are proposed."""
        sources = []
        for colonne in colonnes:
            relation, bout = colonne.multiple
            liens = getattr(Projet, relation).through.objects.filter(projet__in=cles)
            sources.append(liens.annotate(quoi=Value(colonne.cle)).values_list("quoi", "projet", bout))
        trouves = defaultdict(set)
        for quoi, projet, autre in sources[0].union(*sources[1:], all=True) if sources else ():
            trouves[quoi, projet].add(autre)
        lues = {colonne.cle: {} for colonne in colonnes}
        for (quoi, projet), autres in trouves.items():
            mots = [mots for pk, mots in self._noms[quoi].items() if pk in autres]
            lues[quoi][projet] = SEPARATEUR_DE_LISTE.join(mots)
        return lues

    # --- The file

    @property
    def export(self):
        """Return the export of the same columns, in the same order."""
        completes = {colonne.cle: colonne for colonne in PROJETS.colonnes}
        completes["meteo"] = ColonneExport(
            "meteo", "Météo", "meteo_lue", choix=Meteo.choices, definition="La dernière donnée. Vide : aucune."
        )
        colonnes = []
        for colonne in self.choisies:
            colonnes += [self._multiple(colonne)] if colonne.multiple else [completes[cle] for cle in colonne.fichier]
        return replace(PROJETS, colonnes=tuple(colonnes))

    def pour_le_fichier(self, projets):
        """Return the projects with what the reader may read of them."""
        projets = montants_selon_le_lecteur(projets, self.personne)
        if "meteo" not in self.cles:
            return projets
        connus = Projet.objects.connus_par(self.personne).filter(etat__in=EtatProjet.suivis())
        return projets.annotate(meteo_lue=Case(When(Exists(connus.filter(pk=OuterRef("pk"))), then=F("meteo"))))

    def _multiple(self, colonne):
        return ColonneExport(
            colonne.cle,
            colonne.titre,
            definition="Plusieurs : séparées par « ; ».",
            par_lot=lambda cles: self._plusieurs([colonne], cles)[colonne.cle],
        )
