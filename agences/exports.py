"""What is taken away from this room: agencies and their areas, which the import reads back."""

from collections import defaultdict

from agences.enums import NiveauAgence
from agences.models import Agence, Desserte
from tableurs.exports import ColonneExport, Export, TypeColonne, enregistrer

CODE, DATE, LISTE = TypeColonne.CODE, TypeColonne.DATE, TypeColonne.LISTE


def _desservis(champ):
    """Return what reads, for a batch of agencies, the places of one kind that they serve: {key: values}."""

    def lire(cles):
        lues = Desserte.objects.en_cours().filter(agence__in=cles, **{f"{champ}__isnull": False})
        par_agence = defaultdict(list)
        for cle, valeur in lues.order_by(champ).values_list("agence", champ):
            par_agence[cle].append(valeur)
        return par_agence

    return lire


_IDENTITE = (
    ColonneExport(
        "identifiant", "Identifiant", "slug", definition="La fin de l'adresse de sa page : elle ne change pas."
    ),
    ColonneExport("nom", "Nom", definition="Nom de l'agence."),
    ColonneExport("niveau", "Niveau", choix=NiveauAgence.choices, definition="Du plus large au plus proche."),
    ColonneExport("siren", "SIREN", type=CODE, definition="Neuf chiffres. Vide : inconnu."),
    ColonneExport(
        "regions", "Régions", type=LISTE, par_lot=_desservis("region"), definition="Codes Insee des régions desservies."
    ),
    ColonneExport(
        "departements",
        "Départements",
        type=LISTE,
        par_lot=_desservis("departement"),
        definition="Codes Insee des départements desservis.",
    ),
    ColonneExport(
        "epci",
        "SIREN des intercommunalités",
        type=LISTE,
        par_lot=_desservis("collectivite"),
        definition="SIREN des intercommunalités desservies.",
    ),
    ColonneExport(
        "territoires",
        "Territoires",
        type=LISTE,
        par_lot=_desservis("territoire__slug"),
        definition="Territoires d'industrie desservis : la fin de l'adresse de leur page.",
    ),
    ColonneExport("adherente_du", "Adhérente du CNER depuis le", type=DATE, definition="Vide : elle ne l'est pas."),
    ColonneExport(
        "adherente_au", "Adhérente du CNER jusqu'au", type=DATE, definition="Ce jour compris, s'il est fixé."
    ),
)
_CONTACT = (
    ColonneExport("telephone", "Téléphone", definition="Tel que l'agence le publie."),
    ColonneExport("adresse", "Adresse postale", definition="Telle que l'agence la publie."),
    ColonneExport("site", "Site internet", definition="Tel que l'agence le publie."),
    ColonneExport("presentation", "Présentation", definition="Ce que l'agence dit d'elle-même."),
)
# For those who keep the registry: all of them, and what is not published.
AGENCES_ENTIERES = enregistrer(
    Export(
        cle="agences_completes",
        titre="Agences, coordonnées comprises",
        ressource="agences",
        queryset=lambda options: Agence.objects.order_by("nom_normalise"),
        mentions=("Adresses électroniques : à ne pas publier.",),
        colonnes=(
            *_IDENTITE,
            ColonneExport("fermee_le", "Fermée le", type=DATE, definition="Dernier jour d'activité."),
            ColonneExport("courriel", "Adresse électronique", definition="Jamais publiée."),
            *_CONTACT,
        ),
    )
)
AGENCES = enregistrer(
    Export(
        cle="agences",
        titre="Agences de développement",
        queryset=lambda options: Agence.objects.ouvertes().order_by("nom_normalise"),
        colonnes=(*_IDENTITE, *_CONTACT),
    )
)
