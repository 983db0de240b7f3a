"""What is taken away from this room: measures and envelopes, in the columns that the imports read."""

from programme.enums import FiabiliteMesure, PrecisionMontant
from programme.models import Enveloppe, Mesure
from tableurs.exports import ColonneExport, Export, TypeColonne, enregistrer

MESURES = enregistrer(
    Export(
        cle="mesures",
        titre="Mesures du programme",
        ressource="mesures",
        # In the order of the pages: by phase, then need, then rank.
        queryset=lambda options: Mesure.objects.all(),
        colonnes=(
            ColonneExport("code", "Code", type=TypeColonne.CODE, definition="Il est dans l'adresse de la page."),
            ColonneExport(
                "besoin", "Besoin", "besoin__code", TypeColonne.CODE, "Code du besoin auquel la mesure répond."
            ),
            ColonneExport("ordre", "Rang", type=TypeColonne.ENTIER, definition="Place de la mesure dans son besoin."),
            ColonneExport("titre", "Intitulé", definition="L'intitulé, tel que la source le donne."),
            ColonneExport("description", "Description", definition="Ce que la mesure apporte."),
            ColonneExport(
                "fiabilite",
                "Fiabilité",
                choix=FiabiliteMesure.choices,
                definition="Comment la mesure est connue : toutes n'ont pas été retrouvées dans un texte officiel.",
            ),
            ColonneExport("source", "Source", definition="Le texte ou la page où la mesure se lit."),
            ColonneExport("nom_besoin", "Nom du besoin", "besoin__nom", definition="Le besoin, en toutes lettres."),
        ),
    )
)
ENVELOPPES = enregistrer(
    Export(
        cle="enveloppes",
        titre="Enveloppes de financement",
        ressource="enveloppes",
        queryset=lambda options: Enveloppe.objects.all(),
        colonnes=(
            ColonneExport("code", "Code", type=TypeColonne.CODE, definition="Sigle de l'enveloppe."),
            ColonneExport("phase", "Phase", "phase__numero", TypeColonne.ENTIER, "Numéro de la phase du programme."),
            ColonneExport("nom", "Nom", definition="Nom de l'enveloppe."),
            ColonneExport(
                "montant_annonce",
                "Montant annoncé (€)",
                type=TypeColonne.MONTANT,
                definition="Ce qui a été annoncé, en euros : ni ouvert, ni attribué, ni versé. Vide : aucune source.",
            ),
            ColonneExport(
                "precision",
                "Précision",
                choix=PrecisionMontant.choices,
                definition="Si l'annonce donne ce montant, ou un minimum (« plus de »).",
            ),
            ColonneExport("source", "Source", definition="Le texte ou la page où le montant se lit."),
        ),
    )
)
