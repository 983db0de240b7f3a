"""The journal of money to take away: a line per movement, with its codes and its labels."""

from django.db.models import Case, CharField, F, Value, When
from django.db.models.functions import Coalesce

from programme.argent.axes import AXES
from programme.argent.enums import (
    AutoriteFinanciere,
    Credits,
    EtatFinancement,
    GenreVersement,
    NatureFinancement,
)
from programme.argent.parcours import PARCOURS
from tableurs.exports import ColonneExport, Export, TypeColonne, enregistrer

PRESENTES = "Les mêmes montants, présentés de six façons : ne les additionnez pas d'une façon à l'autre."
RESTREINTS = "Les projets restreints, et ceux dont les montants sont secrets, n'y sont pas comptés."
CODE, MONTANT = TypeColonne.CODE, TypeColonne.MONTANT
VERBES = [(transition.cle, transition.verbe) for transition in PARCOURS.transitions]


def a_plat(mouvements):
    """Add what the columns read of several places: territory, who receives."""
    return mouvements.annotate(
        territoire_slug=Coalesce("financement__projet__territoire__slug", "financement__territoire__slug"),
        territoire_nom=Coalesce("financement__projet__territoire__nom", "financement__territoire__nom"),
        hors_fiche=Case(
            When(financement__projet=None, then=Value("oui")), default=Value("non"), output_field=CharField()
        ),
        beneficiaire=Case(
            When(financement__projet=None, then=F("financement__beneficiaire_nom")),
            default=F("financement__projet__porteur_nom"),
        ),
        beneficiaire_numero=Case(
            When(financement__projet=None, then=F("financement__beneficiaire_siret")),
            default=F("financement__projet__porteur_siren"),
            output_field=CharField(),
        ),
    )


SOMMES = enregistrer(
    Export(
        cle="montants",
        titre="Montants suivis",
        colonnes=(
            ColonneExport("par", "Présentés par", choix=[(axe.cle, axe.mots) for axe in AXES], definition=PRESENTES),
            ColonneExport("code", "Code", type=CODE, definition="Ce que son adresse en dit. Vide : sans objet."),
            ColonneExport("nom", "Nom", definition="En toutes lettres."),
            ColonneExport("programme", "Programmé (€)", type=MONTANT, definition="Décidé, pas encore signé."),
            ColonneExport("attribue", "Attribué (€)", type=MONTANT, definition="Désengagements déduits."),
            ColonneExport("verse", "Versé (€)", type=MONTANT, definition="Reversements déduits."),
        ),
        mentions=(RESTREINTS,),
    )
)
MOUVEMENTS = enregistrer(
    Export(
        cle="mouvements",
        titre="Mouvements",
        colonnes=(
            ColonneExport("financement", "Financement", "financement__cle", CODE, "La clé de son adresse."),
            ColonneExport("enveloppe", "Enveloppe", "financement__enveloppe__code", CODE, "Vide : autre financeur."),
            ColonneExport(
                "nom_enveloppe", "Nom de l'enveloppe", "financement__enveloppe__nom", definition="En toutes lettres."
            ),
            ColonneExport(
                "annee", "Année de l'enveloppe", "dotation__exercice__annee", TypeColonne.ENTIER, "Où il s'impute."
            ),
            ColonneExport("region", "Région", "financement__region", CODE, "Code Insee : celle où il est imputé."),
            ColonneExport(
                "nom_region", "Nom de la région", "financement__region__nom", definition="En toutes lettres."
            ),
            ColonneExport("territoire", "Territoire", "territoire_slug", CODE, "Le nom de son adresse."),
            ColonneExport("nom_territoire", "Nom du territoire", "territoire_nom", definition="En toutes lettres."),
            ColonneExport("projet", "Projet", "financement__projet__numero", CODE, "Son numéro."),
            ColonneExport(
                "titre", "Titre du projet", "financement__projet__titre", definition="Vide : hors fiche-action."
            ),
            ColonneExport("hors_fiche", "Hors fiche-action", "hors_fiche", definition="oui : sans projet."),
            ColonneExport("beneficiaire", "Bénéficiaire", "beneficiaire", definition="Ou le porteur du projet."),
            ColonneExport("siret", "SIRET ou SIREN", "beneficiaire_numero", CODE, "Du bénéficiaire, ou du porteur."),
            ColonneExport("dossier", "Dossier de l'opérateur", "financement__dossier_operateur", CODE, "Son numéro."),
            ColonneExport(
                "nature", "Nature", "financement__nature", choix=NatureFinancement.choices, definition="De l'aide."
            ),
            ColonneExport(
                "credits", "Crédits", "financement__credits", choix=Credits.choices, definition="Dédiés ou non."
            ),
            ColonneExport("quoi", "Mouvement", "transition", choix=VERBES, definition="Ce qui a été fait."),
            ColonneExport("vers", "État ensuite", "vers", choix=EtatFinancement.choices, definition="Du financement."),
            ColonneExport(
                "autorite", "Autorité qui décide", "autorite", choix=AutoriteFinanciere.choices, definition="Ou rien."
            ),
            ColonneExport(
                "laquelle", "Autre autorité", "autorite_precision", definition="Laquelle, si c'en est une autre."
            ),
            ColonneExport("date", "Décidé le", "date", TypeColonne.DATE, "La date de la décision."),
            ColonneExport("acte", "Acte", "acte", definition="Sa référence."),
            ColonneExport("programme", "Programmé (€)", "programme", MONTANT, "Ce que le mouvement y change."),
            ColonneExport("engage", "Engagé (€)", "engage", MONTANT, "De même : un désengagement est négatif."),
            ColonneExport("verse", "Versé (€)", "verse", MONTANT, "De même : un reversement est négatif."),
            ColonneExport(
                "genre", "Nature du versement", "genre_versement", choix=GenreVersement.choices, definition="Ou rien."
            ),
            ColonneExport("exercice", "Exercice du versement", "exercice", TypeColonne.ENTIER, "L'année payée."),
            ColonneExport("saisie_le", "Saisi le", "saisie_le", TypeColonne.HORODATAGE, "Quand le portail l'a su."),
            ColonneExport(
                "feuille", "Feuille", "fait_importe__feuille", definition="Du fichier importé, s'il y en a un."
            ),
            ColonneExport("ligne", "Ligne", "fait_importe__ligne", TypeColonne.ENTIER, "De cette feuille."),
        ),
    )
)
