"""What is taken away from this room: measures and envelopes, in the columns that the imports read; projects."""

from django.db.models import Case, Exists, F, OuterRef, When

from programme.enums import BaseDeTaxe, EtatProjet, FiabiliteMesure, GenrePorteur, Maturite, PrecisionMontant
from programme.models import Enveloppe, Mesure, Projet
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


def montants_selon_le_lecteur(projets, personne):
    """Return the projects with their amounts as a person may read them: hidden ones are None."""
    visibles = Exists(Projet.objects.montants_visibles_par(personne).filter(pk=OuterRef("pk")))
    return projets.annotate(
        **{f"{champ}_lu": Case(When(visibles, then=F(champ))) for champ in ("cout_total", "assiette_eligible")}
    )


PROJETS = enregistrer(
    Export(
        cle="projets",
        titre="Projets",
        colonnes=(
            ColonneExport("numero", "Numéro", type=TypeColonne.CODE, definition="Donné à la transmission."),
            ColonneExport("titre", "Titre", definition="L'intitulé du projet."),
            ColonneExport("territoire", "Territoire", "territoire__nom", definition="Celui qui mène le projet."),
            ColonneExport("etat", "État", choix=EtatProjet.choices, definition="Le jour de l'export."),
            ColonneExport("etat_depuis", "Dans cet état depuis", type=TypeColonne.HORODATAGE, definition="À Paris."),
            ColonneExport("porteur_nom", "Porteur", definition="L'organisme qui porte le projet."),
            ColonneExport(
                "porteur_genre", "Nature du porteur", choix=GenrePorteur.choices, definition="Vide : à préciser."
            ),
            ColonneExport(
                "porteur_siren",
                "SIREN du porteur",
                type=TypeColonne.CODE,
                definition="Neuf chiffres. Vide : à préciser, ou organisme en cours de création.",
            ),
            ColonneExport("debut", "Début prévu", type=TypeColonne.DATE, definition="Vide : à préciser."),
            ColonneExport("fin", "Fin prévue", type=TypeColonne.DATE, definition="Vide : à préciser."),
            ColonneExport(
                "cout_total",
                "Coût total (€)",
                "cout_total_lu",
                TypeColonne.MONTANT,
                "En euros. Vide : à préciser, ou couvert par le secret des affaires pour vous.",
            ),
            ColonneExport("cout_total_taxe", "Coût HT ou TTC", choix=BaseDeTaxe.choices, definition="HT ou TTC."),
            ColonneExport(
                "assiette_eligible",
                "Assiette éligible (€)",
                "assiette_eligible_lu",
                TypeColonne.MONTANT,
                "En euros. Vide : à préciser, ou couverte par le secret des affaires pour vous.",
            ),
            ColonneExport("assiette_taxe", "Assiette HT ou TTC", choix=BaseDeTaxe.choices, definition="HT ou TTC."),
            ColonneExport("maturite", "Maturité", choix=Maturite.choices, definition="Où en est le projet."),
            ColonneExport("emplois", "Emplois attendus", type=TypeColonne.ENTIER, definition="Vide : non précisé."),
            ColonneExport("cle", "Clé", type=TypeColonne.CODE, definition="Elle est dans l'adresse de la page."),
        ),
    )
)
