"""The columns of an operator's file of awards and payments, and what is asked beside it."""

from django import forms

from programme.argent.enums import AutoriteFinanciere, GenreVersement
from programme.models import Enveloppe
from tableurs.colonnes import Colonne
from tableurs.forms import FormulaireOptions
from tableurs.typographie import typographier
from tableurs.valeurs import Choix, Date, Entier, Montant, Siret, Texte

MONTANT_MAX = 999_999_999_999
# A payment that gives back is entered on the page of its line, with its reason.
NATURES = [(genre, genre.label) for genre in GenreVersement if genre != GenreVersement.REVERSEMENT]
DECIDEURS = [(une, une.label) for une in AutoriteFinanciere if une != AutoriteFinanciere.AUTRE]

COLONNES = (
    Colonne(
        "enveloppe",
        "Enveloppe",
        Texte(200),
        ("dispositif", "fonds", "programme", "code enveloppe"),
        aide="Son nom ou son code. Vide : celle que vous choisissez en déposant le fichier.",
    ),
    Colonne(
        "dossier",
        "Numéro de dossier",
        Texte(60),
        ("no dossier", "n° dossier", "n° de dossier", "num dossier", "dossier", "identifiant dossier", "ref dossier"),
        aide="Celui de votre outil de gestion : il fait reconnaître le financement la prochaine fois.",
        exemple="00012345",
    ),
    Colonne(
        "siret",
        "SIRET",
        Siret(),
        ("siret du bénéficiaire", "n° siret", "no siret", "siret bénéficiaire"),
        aide="Celui du bénéficiaire.",
        exemple="35600000000048",
    ),
    Colonne(
        "beneficiaire",
        "Bénéficiaire",
        Texte(200),
        ("nom du bénéficiaire", "raison sociale", "tiers", "entreprise", "attributaire"),
        aide="Son nom.",
    ),
    Colonne(
        "acte",
        "Numéro d'acte",
        Texte(200),
        ("n° d'acte", "no d'acte", "n° acte", "acte", "convention", "n° de convention", "numéro de convention", "ej"),
        aide="La convention, la décision ou l'arrêté qui attribue. Obligatoire avec un montant attribué.",
        exemple="CONV-2026-017",
    ),
    Colonne(
        "acte_le",
        "Date d'acte",
        Date(),
        ("date de l'acte", "date de convention", "date de décision", "date d'attribution", "date de signature"),
        aide="Obligatoire avec un montant attribué.",
        exemple="15/01/2026",
    ),
    Colonne(
        "attribue",
        "Montant attribué",
        Montant(minimum=0, maximum=MONTANT_MAX),
        ("attribué", "montant engagé", "engagé", "subvention accordée", "montant de l'aide", "montant accordé"),
        aide="En euros. Vide ou zéro : la ligne n'attribue rien.",
        exemple="120000,00",
    ),
    Colonne(
        "verse_le",
        "Date de versement",
        Date(),
        ("date du versement", "date de paiement", "date du paiement", "payé le", "versé le", "date de mandatement"),
        aide="Obligatoire avec un montant versé.",
        exemple="20/02/2026",
    ),
    Colonne(
        "verse",
        "Montant versé",
        Montant(minimum=0, maximum=MONTANT_MAX),
        ("versé", "montant payé", "payé", "montant du versement", "montant du paiement", "montant mandaté"),
        aide="En euros. Vide : la ligne ne verse rien.",
        exemple="36000,00",
    ),
    Colonne(
        "nature",
        "Nature du versement",
        Choix(
            NATURES, {"av": "avance", "ac": "acompte", "paiement intermédiaire": "acompte", "paiement final": "solde"}
        ),
        ("nature", "type de versement", "type de paiement", "nature du paiement"),
        aide="Avance, acompte ou solde. Vide : acompte.",
        exemple="Avance",
    ),
    Colonne(
        "exercice",
        "Exercice",
        Entier(minimum=2018, maximum=2099),
        ("année", "exercice budgétaire", "année de paiement"),
        aide="Celui du versement. Vide : l'année de sa date.",
        exemple="2026",
    ),
    Colonne(
        "reference",
        "Référence du versement",
        Texte(100),
        ("n° de mandat", "numéro de mandat", "mandat", "référence de paiement", "demande de paiement", "n° dp"),
        aide="Différente pour chaque versement d'un dossier. Sans elle, la date et le montant le font reconnaître.",
    ),
    Colonne(
        "projet",
        "Numéro du projet",
        Texte(16),
        ("no projet", "n° de projet", "projet", "fiche-action", "numéro fa", "fiche action"),
        aide="Celui du portail, si vous l'avez : il fait proposer le bon financement.",
        exemple="FA-2026-00042",
    ),
    Colonne(
        "territoire",
        "Territoire",
        Texte(200),
        ("code du territoire", "code territoire", "territoire d'industrie", "id_ti", "lib_ti"),
        aide="Son code ou son nom. Nécessaire pour un financement hors fiche-action.",
    ),
    Colonne(
        "autorite",
        "Autorité qui décide",
        Choix(DECIDEURS),
        ("autorité", "décideur"),
        aide="De l'attribution. Vide : celle du circuit de l'enveloppe.",
    ),
)
LIBELLES = {colonne.cle: colonne.libelle for colonne in COLONNES}


class FormulaireArgent(FormulaireOptions):
    """The envelope of a file that doesn't say it; what becomes of what isn't for a project."""

    enveloppe = forms.ModelChoiceField(
        label="Enveloppe du fichier",
        queryset=Enveloppe.objects.all(),
        to_field_name="code",
        required=False,
        empty_label="Le fichier le dit ligne par ligne",
    )
    hors_fiche = forms.ChoiceField(
        label="Ce qui ne correspond à aucun financement",
        choices=[
            ("", typographier("Attend dans « À rapprocher »")),
            ("oui", "Devient un financement hors fiche-action"),
        ],
        required=False,
        help_text=typographier("Hors fiche-action : si la ligne dit un montant attribué, un territoire et un SIRET."),
    )

    @staticmethod
    def resume(options):
        dits = [options.get("nom", ""), "avec les financements hors fiche-action" if options.get("hors_fiche") else ""]
        return ", ".join(filter(None, dits))

    def options(self):
        enveloppe = self.cleaned_data["enveloppe"]
        choisie = {"enveloppe": enveloppe.code, "nom": enveloppe.nom} if enveloppe else {}
        return choisie | ({"hors_fiche": True} if self.cleaned_data["hors_fiche"] else {})
