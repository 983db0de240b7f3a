"""The workbook of a campaign: a row a project, which comes back filled."""

from programme.enums import Meteo
from tableurs.ecriture import ColonneExport, TypeColonne
from tableurs.exports import Export, enregistrer

CODE = TypeColonne.CODE
SUIVI = enregistrer(
    Export(
        cle="suivi",
        titre="Suivi des projets",
        colonnes=(
            ColonneExport("campagne", "Campagne", "campagne__cle", CODE, "Sa clé : laissez-la comme elle est."),
            ColonneExport("numero", "Numéro", "projet__numero", CODE, "Celui du projet : laissez-le comme il est."),
            ColonneExport("titre", "Titre", "projet__titre", definition="Pour vous repérer : n'est pas repris."),
            ColonneExport(
                "territoire",
                "Territoire",
                "projet__territoire__nom",
                definition="Pour vous repérer : n'est pas repris.",
            ),
            ColonneExport(
                "derniere",
                "Dernière météo connue",
                "projet__meteo",
                choix=Meteo.choices,
                definition="Pour vous repérer : n'est pas reprise.",
            ),
            ColonneExport(
                "meteo",
                "Météo",
                choix=Meteo.choices,
                definition="À remplir : Bon, À surveiller, Bloqué, ou « Rien de nouveau ». Vide : pas de réponse.",
            ),
            ColonneExport(
                "texte", "Ce qui s'est passé", definition="À remplir. Obligatoire pour un projet bloqué : par quoi."
            ),
        ),
    )
)
