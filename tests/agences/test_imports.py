"""Agencies brought in and taken away: told apart by their SIREN, page or name; areas that begin and end; undone."""

import io

import pytest

from agences.exports import AGENCES, AGENCES_ENTIERES
from agences.models import Agence, Correspondant, Desserte
from comptes.acces import aujourdhui
from comptes.models import Invitation
from tableurs import lots
from tableurs.enums import Seau
from tableurs.ressources import ouvertes
from tests.factories import AdministrateurFactory, AnalysteFactory
from tests.factories_agences import AgenceFactory, CnerFactory, CorrespondantFactory, DesserteFactory
from tests.tableurs.conftest import dossier_prive  # noqa: F401
from tests.tableurs.fichiers import fichier_csv

pytestmark = pytest.mark.django_db
ENTETES = ["nom", "niveau", "siren", "regions", "departements", "epci", "territoires", "adherente_du", "courriel"]
NEUVE = [
    "Agence de l'Œuvre",
    "Régionale",
    "552 100 554",
    "Hauts-de-France ; 28",
    "2",
    "200093201",
    "vosges",
    "01/01/2019",
    "contact@exemple.example",
]


def deposer(lignes, entetes=ENTETES, ressource="agences", auteur=None):
    return lots.deposer(io.BytesIO(fichier_csv([entetes, *lignes])), "essai.csv", ressource, auteur=auteur)


def verdict(ligne, **options):
    """Return (bucket, reason and remedy, {what changes: (before, after)}) of the only row of a file."""
    (detail,) = deposer([ligne], **options).details.filter(numero__gt=0)
    raisons = " ".join(f"{p['colonne']} {p['raison']} {p['remede']}" for p in detail.problemes)
    return detail.seau, raisons, {c["champ"]: (c["avant"], c["apres"]) for c in detail.changements}


def zone(agence):
    return sorted(str(desserte) for desserte in agence.dessertes.en_cours())


def test_une_agence_nouvelle_est_creee_avec_sa_zone_puis_retiree():
    lot = deposer([NEUVE])
    assert (lot.crees, lot.refuses) == (1, 0)
    lots.appliquer(lot)
    agence = Agence.objects.get()
    assert (agence.slug, agence.siren, agence.niveau) == ("agence-de-l-oeuvre", "552100554", "regionale")
    assert agence.nom_normalise == "agence de l oeuvre"
    assert len(zone(agence)) == 5
    assert agence.historique.get().history_change_reason == lot.motif
    assert deposer([NEUVE]).inchanges == 1
    lots.annuler(lot)
    assert not Agence.objects.exists()
    assert not Desserte.objects.exists()


def test_la_zone_suit_le_fichier_et_son_passe_reste():
    agence = AgenceFactory(nom="Agence A")
    for code in ("32", "28"):
        DesserteFactory(agence=agence, region_id=code)
    lot = deposer([["Agence A", "32 ; 44"]], entetes=["nom", "regions"])
    detail = lot.details.get(numero__gt=0)
    assert detail.seau == Seau.MODIFIEE
    (change,) = detail.changements
    assert (change["avant"], change["apres"]) == ("Hauts-de-France ; Normandie", "Grand Est ; Hauts-de-France")
    lots.appliquer(lot)
    assert zone(agence) == ["Grand Est", "Hauts-de-France"]
    assert Desserte.objects.get(agence=agence, region="28").au < aujourdhui()
    assert deposer([["Agence A", "32 ; 44"]], entetes=["nom", "regions"]).inchanges == 1
    # A file without the column leaves it alone; an empty cell ends it.
    assert deposer([["Agence A"]], entetes=["nom"]).inchanges == 1
    lots.annuler(lot)
    assert zone(agence) == ["Hauts-de-France", "Normandie"]
    lots.appliquer(deposer([["Agence A", ""]], entetes=["nom", "regions"]))
    assert zone(agence) == []


@pytest.mark.parametrize(
    ("entetes", "ligne", "change"),
    [
        (["siren", "nom"], ["552100554", "Agence renommée"], "nom"),
        (["identifiant", "nom"], ["agence-a", "Agence renommée"], "nom"),
        (["nom", "niveau"], ["AGENCE  à", "Départementale"], "niveau"),
    ],
)
def test_une_agence_se_reconnait_de_trois_facons(entetes, ligne, change):
    agence = AgenceFactory(nom="Agence A", siren="552100554")
    seau, _, changements = verdict(ligne, entetes=entetes)
    assert seau == Seau.MODIFIEE
    assert change in changements
    lots.appliquer(deposer([ligne], entetes=entetes))
    agence.refresh_from_db()
    assert (Agence.objects.count(), agence.slug) == (1, "agence-a")


@pytest.mark.parametrize(
    ("changements", "mots"),
    [
        ({"siren": "552100555"}, "SIREN"),
        ({"regions": "Atlantide"}, "« Atlantide » n'est pas connu"),
        ({"departements": "99"}, "« 99 » n'est pas connu"),
        ({"epci": "552100554"}, "n'est pas connu"),
        ({"territoires": "nulle-part"}, "fin de l'adresse de sa page"),
        ({"niveau": "mondiale"}, "Niveau"),
        ({"nom": ""}, "Nom"),
        ({"courriel": "pas une adresse"}, "Adresse électronique"),
        ({"adherente_du": "hier"}, "Adhérente"),
    ],
)
def test_une_ligne_refusee_dit_pourquoi(changements, mots):
    ligne = [changements.get(nom, valeur) for nom, valeur in zip(ENTETES, NEUVE, strict=True)]
    seau, raisons, _ = verdict(ligne)
    assert seau == Seau.REFUSEE
    assert mots in raisons.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("entetes", "ligne", "mots"),
    [
        (["nom"], ["Agence neuve"], "il faut son niveau"),
        (["identifiant", "nom"], ["absente", "Agence A"], "Aucune agence"),
        (["siren", "nom"], ["552100554", "Agence B"], "ne désignent pas la même agence"),
        (["nom", "adherente_au"], ["Agence A", "01/01/2020"], "a commencé"),
        (["nom", "site"], ["Agence A", "javascript:alert(1)"], "URL"),
    ],
)
def test_ce_qui_ne_se_tient_pas_est_refuse(entetes, ligne, mots):
    AgenceFactory(nom="Agence A", siren="552100554")
    AgenceFactory(nom="Agence B")
    seau, raisons, _ = verdict(ligne, entetes=entetes)
    assert seau == Seau.REFUSEE
    assert mots in raisons


def test_une_agence_citee_deux_fois():
    entetes = ["nom", "niveau", "regions"]
    lot = deposer([["A", "Régionale", "32"]] * 2 + [["a", "Régionale", "28"], ["A", "Métropolitaine", "32"]], entetes)
    assert (lot.crees, lot.doublons, lot.refuses) == (1, 1, 2)


def test_ce_que_le_fichier_ne_nomme_pas_est_garde():
    AgenceFactory(nom="Agence A")
    lot = deposer([["Agence B", "Régionale"], ["Agence A", "inconnu"]], entetes=["nom", "niveau"])
    assert (lot.crees, lot.refuses, lot.disparus) == (1, 1, 0)
    assert deposer([["Agence B", "Régionale"]], entetes=["nom", "niveau"]).disparus == 1


@pytest.mark.parametrize("export", [AGENCES, AGENCES_ENTIERES], ids=lambda export: export.cle)
def test_ce_que_l_on_emporte_ne_change_rien_en_revenant(export):
    lots.appliquer(deposer([NEUVE, ["=Agence B", "Régionale", *[""] * 7]]))
    fichier = b"".join(export.fichier("csv").reponse())
    lot = lots.deposer(io.BytesIO(fichier), "agences.csv", "agences")
    assert [d.changements or d.problemes for d in lot.details.filter(numero__gt=0).exclude(seau=Seau.INCHANGEE)] == []
    assert (lot.lignes, lot.inchanges) == (2, 2)


def test_l_export_public_ne_donne_aucune_adresse_electronique():
    lots.appliquer(deposer([NEUVE]))
    assert b"contact@exemple.example" not in b"".join(AGENCES.fichier("csv").reponse())
    assert b"contact@exemple.example" in b"".join(AGENCES_ENTIERES.fichier("csv").reponse())


def test_qui_importe_des_agences():
    ceux = {CnerFactory().personne: True, AnalysteFactory(): True, AdministrateurFactory(): True}
    ceux |= {CorrespondantFactory().personne: False, CnerFactory(qualite="lecture").personne: False}
    assert {personne: "agences" in ouvertes(personne) for personne in ceux} == ceux


# --- Invitations
def test_le_cner_invite_des_correspondants_en_nombre():
    agence, cner = AgenceFactory(nom="Agence A", siren="552100554"), CnerFactory().personne
    entetes = ["adresse", "qualite", "agence"]
    lignes = [
        ["un@exemple.example", "Correspondant", "agence a"],
        ["deux@exemple.example", "Lecture", "552100554"],
        ["trois@exemple.example", "Lecture", "inconnue"],
    ]
    lot = deposer(lignes, entetes, "invitations_agences", auteur=cner)
    assert (lot.crees, lot.refuses) == (2, 1)
    lots.appliquer(lot, auteur=cner, partiel=True)
    assert Invitation.objects.filter(genre="agences.correspondant", portee=f"agence:{agence.pk}").count() == 2


def test_un_correspondant_n_invite_que_des_lecteurs_et_dans_son_agence():
    sienne, autre = CorrespondantFactory(), AgenceFactory()
    entetes = ["adresse", "qualite", "agence"]
    lignes = [
        ["un@exemple.example", "Lecture", sienne.agence.nom],
        ["deux@exemple.example", "Correspondant", sienne.agence.nom],
        ["trois@exemple.example", "Lecture", autre.nom],
    ]
    lot = deposer(lignes, entetes, "invitations_agences", auteur=sienne.personne)
    assert (lot.crees, lot.refuses) == (1, 2)
    assert "invitations_agences" in ouvertes(sienne.personne)
    assert not Correspondant.objects.filter(agence=autre).exists()
