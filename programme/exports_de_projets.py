"""The projects of a region in the columns that the import reads: brought back, the file changes nothing."""

from collections import defaultdict

from comptes.acces import nationale
from programme.imports.colonnes_projets import ATTRIBUTS, COLONNES, EN_CREATION, LIENS, SANS_LIEU
from programme.imports.histoires import dites_par_le_journal
from programme.imports.projets import ImportProjets
from programme.imports.reperes import autre_bout, liens_de
from programme.models import Mesure, Projet
from tableurs.ecriture.colonnes import en_liste
from tableurs.exports import ColonneExport, Export, TypeColonne, enregistrer, par_lots
from tableurs.valeurs import Booleen, Choix, Date, Entier, Montant
from territoires.models import Territoire

_TYPES = {
    Booleen: TypeColonne.OUI_NON,
    Date: TypeColonne.DATE,
    Entier: TypeColonne.ENTIER,
    Montant: TypeColonne.MONTANT,
}
CODES = {"numero", "cle", "reference", "porteur_siren", "communes", "mesures"}


def a_reprendre(personne, options):
    """Return the projects that a person may bring back; for the national team, all."""
    siens = Projet.objects.filter(pk__in=Projet.objects.instruisibles_par(personne).values("pk"))
    return (siens | Projet.objects.filter(nationale(personne))).order_by("pk")


def _deplier(projets):
    """Yield rows in the order of the columns: a query a batch, one for its journal, one for each relation."""
    codes_des_mesures = dict(Mesure.objects.values_list("pk", "code"))
    slugs = dict(Territoire.objects.values_list("pk", "slug"))
    for lot in par_lots(projets.select_related("territoire").iterator(chunk_size=2000)):
        dites = dites_par_le_journal(lot)
        liens = {nom: defaultdict(list) for nom in LIENS}
        cles = [projet.pk for projet in lot]
        for nom, trouves in liens.items():
            lus = liens_de(nom).filter(projet__in=cles).order_by("pk")
            for cle, autre in lus.values_list("projet", autre_bout(nom)):
                trouves[cle].append(autre)
        for projet in lot:
            valeurs = {cle: getattr(projet, attribut) for cle, attribut in ATTRIBUTS.items()}
            valeurs |= dites[projet.pk] | {
                "numero": projet.numero,
                "cle": projet.cle,
                "territoire": projet.territoire.slug,
                "porteur_siren": EN_CREATION if projet.porteur_en_creation else projet.porteur_siren,
                "mesures": en_liste(codes_des_mesures[cle] for cle in liens["mesures"][projet.pk]),
                "communes": SANS_LIEU if projet.sans_lieu else en_liste(liens["communes"][projet.pk]),
                "territoires_associes": en_liste(slugs[cle] for cle in liens["territoires_associes"][projet.pk]),
            }
            yield [valeurs[colonne.cle] for colonne in COLONNES]


def _colonne(colonne):
    genre = TypeColonne.CODE if colonne.cle in CODES else _TYPES.get(type(colonne.valeur), TypeColonne.TEXTE)
    choix = tuple(colonne.valeur.libelles.items()) if isinstance(colonne.valeur, Choix) else ()
    return ColonneExport(colonne.cle, colonne.libelle, type=genre, definition=colonne.aide, choix=choix)


A_REPRENDRE = enregistrer(
    Export(
        cle="projets_a_reprendre",
        titre="Projets de mes territoires",
        ressource=ImportProjets.cle,
        queryset=lambda options: Projet.objects.none(),
        du_lecteur=a_reprendre,
        deplier=_deplier,
        colonnes=tuple(_colonne(colonne) for colonne in COLONNES),
    )
)
