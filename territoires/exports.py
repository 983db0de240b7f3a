"""What is taken away from this room: the territories of a list, in the layouts that are published; the map."""

from collections import defaultdict
from itertools import groupby

from django.db.models import OuterRef, Subquery

from tableurs.exports import ColonneExport, Export, TypeColonne, enregistrer
from territoires.enums import Fiabilite, NatureCollectivite
from territoires.models import Collectivite, Composition, Couverture, Inscription, Perimetre, Rattachement

CODE, ENTIER, LISTE = TypeColonne.CODE, TypeColonne.ENTIER, TypeColonne.LISTE


def _inscriptions(options):
    """Return the territories of the list named in `options`, the same that an import takes."""
    return Inscription.objects.filter(liste__slug=options["liste"])


def _departements(cles):
    """Return {inscription: codes of the départements of its communes}."""
    return _codes_lies(Perimetre.departements.through.objects.filter(perimetre__in=cles), "perimetre", "departement")


def _regions_publiees(cles):
    return _codes_lies(Inscription.regions.through.objects.filter(inscription__in=cles), "inscription", "region")


def _codes_lies(liens, objet, lie):
    codes = defaultdict(list)
    for cle, code in liens.order_by(lie).values_list(objet, lie):
        codes[cle].append(code)
    return codes


TERRITOIRES = enregistrer(
    Export(
        cle="territoires",
        titre="Territoires",
        queryset=_inscriptions,
        colonnes=(
            ColonneExport("nom", "Territoire", definition="Nom du territoire dans cette liste."),
            ColonneExport(
                "code",
                "Code",
                type=CODE,
                definition="Code dans cette liste, ti-RRNN (RR : code Insee de la région). Il n'est unique que dans "
                "une liste : la phase 2 a redonné certains codes à d'autres territoires.",
            ),
            ColonneExport("liste", "Liste", "liste__slug", CODE, "Identifiant de la liste."),
            ColonneExport("region", "Code de la région pilote", "region_id", CODE, "Code Insee."),
            ColonneExport(
                "nom_region", "Région pilote", "region__nom", definition="La région qui pilote le territoire."
            ),
            ColonneExport(
                "regions",
                "Régions publiées",
                type=LISTE,
                par_lot=_regions_publiees,
                definition="Codes Insee des régions que la liste donne au territoire.",
            ),
            ColonneExport(
                "communes",
                "Communes",
                "perimetre__nb_communes",
                ENTIER,
                "Nombre de communes d'aujourd'hui couvertes par le territoire, en tout ou partie.",
            ),
            ColonneExport(
                "population",
                "Population",
                "perimetre__population",
                ENTIER,
                "Population municipale de ces communes, en habitants (Insee, dernière valeur connue).",
            ),
            ColonneExport(
                "superficie",
                "Superficie (km²)",
                "perimetre__superficie",
                TypeColonne.NOMBRE,
                "Somme des superficies de ces communes, en km².",
            ),
            ColonneExport(
                "departements",
                "Départements",
                type=LISTE,
                par_lot=_departements,
                definition="Codes Insee des départements de ces communes.",
            ),
            ColonneExport(
                "fiabilite",
                "Fiabilité",
                choix=Fiabilite.choices,
                definition="Ce qui établit que le territoire était dans cette liste à sa date.",
            ),
            ColonneExport("source", "Source", definition="Texte ou fichier d'où vient cette ligne."),
        ),
    )
)

# --- The layouts that are published, which the import reads -----------------------------------------------------------
_ID_TI = ColonneExport("id_ti", "Code du territoire", "inscription__code", CODE, "Code dans cette liste.")
_LIB_TI = ColonneExport("lib_ti", "Nom du territoire", "inscription__nom", definition="Nom dans cette liste.")
_INSEE_COM = ColonneExport("insee_com", "Code Insee de la commune", "commune_id", CODE, "Commune d'aujourd'hui.")
_LIB_COM = ColonneExport("lib_com", "Nom de la commune", "commune__nom", definition="Nom de la commune.")
_SIREN_EPCI = ColonneExport("siren_epci", "SIREN de l'intercommunalité", type=CODE, definition="SIREN, 9 chiffres.")
_NOM_EPCI = ColonneExport("nom_epci", "Nom de l'intercommunalité", definition="Nom de l'intercommunalité.")


def _membres(inscriptions):
    """Return the members of today, as (code, name, collectivité, its nature, its name), territory by territory."""
    return (
        Composition.objects.filter(inscription__in=inscriptions.order_by(), au=None)
        .order_by("inscription__code", "collectivite")
        .values_list(
            "inscription__code", "inscription__nom", "collectivite", "collectivite__nature", "collectivite__nom"
        )
    )


def _par_membre(inscriptions):
    """Yield one row a member: a commune that stands alone has its code, an EPCI its SIREN."""
    for code, nom, membre, nature, nom_membre in _membres(inscriptions).iterator(chunk_size=2000):
        seule = nature == NatureCollectivite.COMMUNE
        yield (code, nom, membre, "", nom_membre) if seule else (code, nom, "", membre, nom_membre)


def _par_territoire(inscriptions):
    """Yield one row a territory with its EPCI in one cell, then one for each commune that stands alone."""
    for (code, nom), membres in groupby(_membres(inscriptions).iterator(chunk_size=2000), key=lambda m: m[:2]):
        epci, communes = [], []
        for _, _, membre, nature, nom_membre in membres:
            (communes if nature == NatureCollectivite.COMMUNE else epci).append((membre, nom_membre))
        if epci:
            sirens, noms = zip(*epci, strict=True)
            yield code, nom, sirens, noms, "", ""
        for membre, nom_membre in communes:
            yield code, nom, (), (), membre, nom_membre


def _par_commune(inscriptions):
    """Return the communes of today, with the EPCI that each belongs to now."""
    epci = Rattachement.objects.filter(commune=OuterRef("commune"), au=None).exclude(
        groupement__nature=NatureCollectivite.ETABLISSEMENT_PUBLIC_TERRITORIAL
    )
    return (
        Couverture.objects.filter(inscription__in=inscriptions.order_by())
        .annotate(
            siren_epci=Subquery(epci.order_by("groupement").values("groupement")[:1]),
            nom_epci=Subquery(epci.order_by("groupement").values("groupement__nom")[:1]),
        )
        .order_by("commune", "inscription__code")
    )


def _disposition(cle, titre, deplier, colonnes, **autres):
    """Declare a layout of the members of a list, as it is published: the import of territories reads it back."""
    return enregistrer(
        Export(
            cle,
            titre,
            colonnes,
            queryset=_inscriptions,
            deplier=deplier,
            ressource="territoires",
            publie=True,
            **autres,
        )
    )


PAR_MEMBRE = _disposition(
    "territoires_par_membre",
    "Membres des territoires",
    _par_membre,
    colonnes=(
        _ID_TI,
        _LIB_TI,
        ColonneExport("insee_com", "Code Insee", type=CODE, definition="Commune membre seule, sans son EPCI."),
        ColonneExport("siren_epci", "SIREN", type=CODE, definition="Intercommunalité membre."),
        ColonneExport("nom_epci", "Nom du membre", definition="Nom de l'intercommunalité ou de la commune membre."),
    ),
)
PAR_COMMUNE = _disposition(
    "territoires_par_commune",
    "Communes des territoires",
    _par_commune,
    colonnes=(_INSEE_COM, _LIB_COM, _ID_TI, _LIB_TI),
)
PAR_COMMUNE_ET_EPCI = _disposition(
    "territoires_par_commune_et_epci",
    "Communes et intercommunalités",
    _par_commune,
    colonnes=(_INSEE_COM, _LIB_COM, _SIREN_EPCI, _NOM_EPCI, _ID_TI, _LIB_TI),
    mentions=("L'intercommunalité est celle de la commune aujourd'hui, hors établissements publics territoriaux.",),
)
PAR_TERRITOIRE = _disposition(
    "territoires_par_territoire",
    "Territoires et leurs membres",
    _par_territoire,
    colonnes=(
        _ID_TI,
        _LIB_TI,
        ColonneExport("siren_groupement", "SIREN", type=LISTE, definition="Intercommunalités membres."),
        ColonneExport("lib_groupement", "Noms", type=LISTE, definition="Leurs noms, dans le même ordre."),
        ColonneExport("insee_com", "Code Insee", type=CODE, definition="Commune membre seule : une ligne chacune."),
        ColonneExport("lib_com", "Nom de la commune", definition="Nom de cette commune."),
    ),
)
# By the word that an address uses.
DISPOSITIONS = {
    "membres": PAR_MEMBRE,
    "communes": PAR_COMMUNE,
    "communes-epci": PAR_COMMUNE_ET_EPCI,
    "groupements": PAR_TERRITOIRE,
}

COLLECTIVITES = enregistrer(
    Export(
        cle="collectivites",
        titre="Communes et intercommunalités",
        ressource="collectivites",
        queryset=lambda options: Collectivite.objects.order_by("code"),
        colonnes=(
            ColonneExport("code", "Code Insee ou SIREN", type=CODE, definition="Insee d'une commune, SIREN sinon."),
            ColonneExport("nature", "Nature", choix=NatureCollectivite.choices, definition="Commune ou groupement."),
            ColonneExport("nom", "Nom", definition="Nom officiel."),
            ColonneExport("departement", "Département", "departement_id", CODE, "Code Insee, pour une commune."),
            ColonneExport("population", "Population municipale", type=ENTIER, definition="Habitants (Insee)."),
            ColonneExport("superficie", "Superficie (km²)", type=TypeColonne.NOMBRE, definition="En km²."),
            ColonneExport("codes_postaux", "Codes postaux", type=CODE, definition="Codes postaux d'une commune."),
            ColonneExport("du", "Depuis le", type=TypeColonne.DATE, definition="Vide : existait déjà en 2019."),
            ColonneExport("au", "Jusqu'au", type=TypeColonne.DATE, definition="Vide : existe aujourd'hui."),
            ColonneExport(
                "remplacee_par", "Remplacée par", "remplacee_par_id", CODE, "Code de celle qui lui a succédé."
            ),
        ),
    )
)
