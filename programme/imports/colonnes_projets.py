"""The columns of a file of projects."""

from programme.enums import AutoriteDecision, BaseDeTaxe, EtatProjet, GenrePorteur, Maturite
from tableurs.cellules import afficher
from tableurs.colonnes import Colonne
from tableurs.francais import normaliser
from tableurs.valeurs import Booleen, Choix, Date, Entier, ListeDe, Montant, Texte
from tableurs.valeurs.codes import Siren

EN_CREATION, SANS_LIEU = "en cours de création", "sans lieu précis"
MONTANT_MAX = 999_999_999_999
EMPLOIS_MAX = 2_147_483_647


class SirenDuPorteur(Siren):
    """A SIREN, or the words that say that there is none yet."""

    nom = f"un SIREN, ou « {EN_CREATION} »"

    def convertir(self, brut):
        if normaliser(afficher(brut)) in (normaliser(EN_CREATION), "en creation"):
            return EN_CREATION
        return super().convertir(brut)


class Lieux(ListeDe):
    """Communes, or the words that say that there is none in particular."""

    nom = f"une ou plusieurs communes, ou « {SANS_LIEU} »"

    def __init__(self):
        super().__init__(Texte(longueur=100))

    def convertir(self, brut):
        return SANS_LIEU if normaliser(afficher(brut)) == normaliser(SANS_LIEU) else super().convertir(brut)


def _texte(cle, libelle, aide, *synonymes, longueur=None, **reste):
    return Colonne(cle, libelle, Texte(longueur, plusieurs_lignes=longueur is None), synonymes, aide=aide, **reste)


def _montant(cle, libelle, aide, *synonymes):
    return Colonne(cle, libelle, Montant(minimum=0, maximum=MONTANT_MAX), synonymes, aide=aide, exemple="1250000")


FICHE = (
    Colonne("numero", "Numéro", Texte(16), ("no", "numéro du portail"), aide="Donné par le portail. Vide : à créer."),
    Colonne("cle", "Clé", Texte(10), aide="Celle de l'adresse de la page. Laissez-la comme le portail l'a écrite."),
    Colonne(
        "reference",
        "Référence de la région",
        Texte(50),
        ("reference regionale", "n° de fiche", "numéro de fiche", "code projet", "identifiant"),
        aide="La vôtre, différente pour chaque projet : elle fait reconnaître la ligne la prochaine fois.",
        exemple="HDF-2023-014",
    ),
    Colonne(
        "territoire",
        "Territoire",
        Texte(obligatoire=True),
        ("territoire d'industrie", "code du territoire", "id_ti", "lib_ti"),
        True,
        "Celui qui mène le projet : son nom ou son code.",
        "Dunkerque",
    ),
    Colonne(
        "titre",
        "Titre",
        Texte(250, obligatoire=True),
        ("intitulé", "nom du projet", "projet", "action"),
        True,
        "L'intitulé du projet.",
        "Ouvrir une école de production",
    ),
    Colonne(
        "mesures",
        "Mesures",
        ListeDe(Texte(250), virgule=False),
        ("mesure", "code mesure"),
        aide="Les mesures du programme auxquelles il répond : leurs codes ou leurs intitulés, séparés par « ; ».",
        exemple="REC-1 ; ATT-2",
    ),
    _texte("contexte", "Contexte", "À quoi le projet répond."),
    _texte("objectifs", "Objectifs", "Ce que le projet doit changer."),
    _texte("partenaires", "Partenaires", "Qui y prend part, avec le porteur.", "partenaire"),
    _texte("porteur_nom", "Porteur", "L'organisme qui porte le projet.", "nom du porteur", longueur=200),
    Colonne(
        "porteur_genre",
        "Nature du porteur",
        Choix(GenrePorteur.choices),
        ("type de porteur",),
        aide="Une valeur de la liste.",
    ),
    Colonne(
        "porteur_siren",
        "SIREN du porteur",
        SirenDuPorteur(),
        ("siren",),
        aide=f"Neuf chiffres, ou « {EN_CREATION} ».",
        exemple="552100554",
    ),
    Colonne(
        "communes",
        "Communes",
        Lieux(),
        ("commune", "lieu", "localisation"),
        aide=f"Codes Insee, ou noms de communes du territoire, séparés par « ; » ; ou « {SANS_LIEU} ».",
        exemple="59183 ; 59155",
    ),
    Colonne(
        "territoires_associes",
        "Territoires associés",
        ListeDe(Texte(200), virgule=False),
        aide="Les autres territoires que le projet concerne : leurs codes ou leurs noms, séparés par « ; ».",
    ),
    Colonne("debut", "Début prévu", Date(), ("date de début", "début"), aide="Premier jour prévu."),
    Colonne("fin", "Fin prévue", Date(), ("date de fin", "fin"), aide="Dernier jour prévu."),
    _montant("cout_total", "Coût total (€)", "En euros. Vide : pas encore connu.", "coût total", "coût", "montant"),
    Colonne(
        "cout_total_taxe",
        "Coût HT ou TTC",
        Choix(BaseDeTaxe.choices),
        ("ht ou ttc",),
        aide="Avec le coût total, et seulement avec lui.",
        exemple="HT",
    ),
    _montant("assiette_eligible", "Assiette éligible (€)", "En euros. Vide : pas encore connue.", "assiette"),
    Colonne(
        "assiette_taxe",
        "Assiette HT ou TTC",
        Choix(BaseDeTaxe.choices),
        aide="Avec l'assiette, et seulement avec elle.",
        exemple="HT",
    ),
    Colonne(
        "montants_secrets",
        "Montants secrets",
        Booleen(vide=False),
        ("secret des affaires",),
        aide="« oui » : couverts par le secret des affaires. Vide : non.",
        exemple="non",
    ),
    Colonne("maturite", "Maturité", Choix(Maturite.choices), aide="Où en est le projet."),
    Colonne(
        "emplois",
        "Emplois attendus",
        Entier(minimum=0, maximum=EMPLOIS_MAX),
        ("emplois", "nombre d'emplois"),
        aide="Vide : pas encore connu, ce qui n'est pas zéro.",
        exemple="12",
    ),
    _texte(
        "non_public_motif",
        "Raison de ne pas le montrer",
        "Vide : le projet est public dès son inscription.",
        "non public",
        longueur=300,
    ),
)
VIE = (
    Colonne("etat", "État", Choix(EtatProjet.choices), ("statut", "avancement"), aide="Où en est le projet."),
    Colonne(
        "etat_depuis",
        "Dans cet état depuis",
        Date(),
        ("depuis", "depuis le", "date de l'état"),
        aide="Le jour où il l'a pris. Vide : celui de la décision ou de la transmission, s'il en vient.",
    ),
    Colonne("transmis_le", "Transmis le", Date(), ("date de transmission",), aide="Le jour où la région l'a reçu."),
    Colonne(
        "autorite",
        "Autorité qui a décidé",
        Choix(AutoriteDecision.choices),
        ("autorité", "décideur"),
        aide="De l'inscription, de l'ajournement ou du refus. Celui qui décide n'est pas celui qui saisit.",
    ),
    _texte("autorite_precision", "Laquelle", "Si c'est une autre autorité.", longueur=200),
    Colonne(
        "decision_le",
        "Date de la décision",
        Date(),
        ("décision du", "date de décision", "date du comité"),
        aide="Celle du comité, de la délibération.",
    ),
    _texte("acte", "Acte", "Référence de la délibération, de l'arrêté, du relevé.", "délibération", longueur=200),
    _texte("motif", "Motif", "De l'ajournement, du refus, de la suspension, du retrait…", "raison"),
    _texte("condition", "Condition", "D'une inscription sous réserve.", "réserve"),
    Colonne("echeance", "Échéance de la condition", Date(), ("échéance",), aide="D'une inscription sous réserve."),
)
COLONNES = (*FICHE, *VIE)
# Any of these tells which project a row is about.
IDENTITES = ("numero", "cle", "reference")
# Columns that are attributes of the model under the same name.
ATTRIBUTS = {
    nom: nom
    for nom in (
        "titre",
        "contexte",
        "objectifs",
        "partenaires",
        "porteur_nom",
        "porteur_genre",
        "debut",
        "fin",
        "cout_total",
        "cout_total_taxe",
        "assiette_eligible",
        "assiette_taxe",
        "montants_secrets",
        "maturite",
        "emplois",
        "non_public_motif",
    )
} | {"reference": "reference_regionale"}
# Relations: columns of the file and names of the model are the same.
LIENS = ("mesures", "communes", "territoires_associes")
LIBELLES = {colonne.cle: colonne.libelle for colonne in COLONNES}
