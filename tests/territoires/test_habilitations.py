"""What the database refuses of an habilitation, one broken term at a time; and what an habilitation says of itself."""

import datetime

import pytest
import time_machine

from comptes.acces import habilitations
from comptes.models import EquipeNationale, Utilisateur
from territoires.enums import QualiteEtat, QualiteRegionale, QualiteTerritoriale
from territoires.models import ActeurLocal, EtatTerritorial, PiloteRegional
from tests import factories as f
from tests.outils.contraintes import verifier_refus

pytestmark = pytest.mark.django_db

HIER, AUJOURDHUI = datetime.date(2020, 1, 1), datetime.date(2020, 1, 2)


def nationale(**champs):
    return EquipeNationale.objects.create(personne=f.UtilisateurFactory(), qualite="auditeur", **champs)


def etat_departemental(**champs):
    champs.setdefault("departement", f.DepartementFactory())
    return f.EtatFactory(region=None, **champs)


INVERSE = {"du": AUJOURDHUI, "au": HIER}
SANS_DATE, SANS_NUMERO = {"acte_numero": "2026-12"}, {"acte_date": HIER}
CONDITIONS = [
    ("comptes_equipenationale_periode", nationale, INVERSE),
    ("comptes_equipenationale_acte", nationale, SANS_DATE),
    ("comptes_equipenationale_acte", nationale, SANS_NUMERO),
    ("territoires_piloteregional_periode", f.PiloteFactory, INVERSE),
    ("territoires_piloteregional_acte", f.PiloteFactory, SANS_DATE),
    ("territoires_piloteregional_acte", f.PiloteFactory, SANS_NUMERO),
    ("territoires_etatterritorial_periode", f.EtatFactory, INVERSE),
    ("territoires_etatterritorial_acte", f.EtatFactory, SANS_DATE),
    ("territoires_etatterritorial_acte", f.EtatFactory, SANS_NUMERO),
    ("territoires_acteurlocal_periode", f.ActeurFactory, INVERSE),
    ("territoires_acteurlocal_acte", f.ActeurFactory, SANS_DATE),
    ("territoires_acteurlocal_acte", f.ActeurFactory, SANS_NUMERO),
    ("territoires_etatterritorial_portee", f.EtatFactory, {"region": None}),
    ("territoires_acteurlocal_nom_public", f.ActeurFactory, {"nom_public": True}),
]


@pytest.mark.parametrize(("nom", "fabrique", "changements"), CONDITIONS)
def test_une_condition_violee_est_refusee(nom, fabrique, changements):
    verifier_refus(fabrique(), nom, changements)


def test_un_acte_entier_est_accepte():
    f.PiloteFactory(acte_numero="2026-12", acte_date=HIER).full_clean()


def test_l_etat_a_une_region_ou_un_departement_pas_les_deux():
    departement = f.DepartementFactory()
    verifier_refus(f.EtatFactory(), "territoires_etatterritorial_portee", {"departement": departement})
    verifier_refus(etat_departemental(), "territoires_etatterritorial_portee", {"departement": None})


@pytest.mark.parametrize("qualite", QualiteTerritoriale.referents())
def test_le_nom_d_un_referent_peut_etre_montre(qualite):
    f.ActeurFactory(qualite=qualite, nom_public=True).full_clean()


# Each field of a constraint is in its turn the only one that tells two rows apart.
DOUBLONS = [
    ("piloteregional_unique", f.PiloteFactory, ["personne", "region"], {"qualite": QualiteRegionale.LECTURE}),
    ("piloteregional_unique", f.PiloteFactory, ["personne", "qualite"], {}),
    ("piloteregional_unique", f.PiloteFactory, ["region", "qualite"], {}),
    ("etatterritorial_unique_region", f.EtatFactory, ["personne", "region"], {"qualite": QualiteEtat.SGAR}),
    ("etatterritorial_unique_region", f.EtatFactory, ["personne", "qualite"], {}),
    ("etatterritorial_unique_region", f.EtatFactory, ["region", "qualite"], {}),
    (
        "etatterritorial_unique_departement",
        etat_departemental,
        ["personne", "departement"],
        {"qualite": QualiteEtat.SGAR},
    ),
    ("etatterritorial_unique_departement", etat_departemental, ["departement", "qualite"], {}),
    ("acteurlocal_unique", f.ActeurFactory, ["personne", "territoire"], {"qualite": QualiteTerritoriale.MAIRE}),
    ("acteurlocal_unique", f.ActeurFactory, ["personne", "qualite"], {}),
    ("acteurlocal_unique", f.ActeurFactory, ["territoire", "qualite"], {}),
]


@pytest.mark.parametrize(("nom", "fabrique", "communs", "distinct"), DOUBLONS)
def test_un_doublon_est_refuse(nom, fabrique, communs, distinct):
    une = fabrique()
    autre = fabrique(**{champ: getattr(une, champ) for champ in communs}, **distinct)
    champs = ["personne", "qualite", "region", "departement", "territoire"]
    changements = {champ: getattr(une, champ) for champ in champs if getattr(une, champ, None) is not None}
    verifier_refus(autre, f"territoires_{nom}", changements)


def test_une_habilitation_nationale_ne_se_donne_pas_deux_fois():
    une = nationale()
    autre = EquipeNationale.objects.create(personne=une.personne, qualite="analyste")
    verifier_refus(autre, "comptes_equipenationale_unique", {"qualite": "auditeur"})


def test_une_habilitation_terminee_ou_retiree_se_redonne():
    terminee = f.ActeurFactory(du=HIER, au=HIER)
    retiree = f.ActeurFactory(personne=terminee.personne, territoire=terminee.territoire)
    retiree.retirer()
    f.ActeurFactory(personne=terminee.personne, territoire=terminee.territoire).full_clean()


# --- Periods


@pytest.mark.parametrize(
    ("du", "au", "etat"),
    [
        (datetime.date(2026, 6, 2), None, "à venir"),
        (datetime.date(2026, 6, 1), None, "en cours"),
        (datetime.date(2026, 6, 1), datetime.date(2026, 6, 1), "en cours"),
        (datetime.date(2026, 5, 1), datetime.date(2026, 5, 31), "terminée"),
    ],
)
@time_machine.travel("2026-06-01T12:00:00+02:00", tick=False)
def test_les_deux_bouts_de_la_periode_sont_compris(du, au, etat):
    une = f.ActeurFactory(du=du, au=au)
    assert une.etat == etat
    assert une.est_en_cours == (etat == "en cours")
    assert bool(habilitations(une.personne)) == une.est_en_cours
    assert ActeurLocal.objects.en_cours().filter(pk=une.pk).exists() == une.est_en_cours


@time_machine.travel("2026-06-01T22:30:00+00:00", tick=False)
def test_le_jour_est_celui_de_paris():
    """Half past midnight there, the second of June."""
    assert f.ActeurFactory(du=datetime.date(2026, 6, 2)).est_en_cours
    assert not f.ActeurFactory(du=datetime.date(2026, 5, 2), au=datetime.date(2026, 6, 1)).est_en_cours


def test_retirer_met_fin_aussitot():
    une = f.ActeurFactory()
    assert habilitations(Utilisateur.objects.get(pk=une.personne_id)) == [une]
    une.retirer()
    assert une.etat == "retirée"
    assert habilitations(Utilisateur.objects.get(pk=une.personne_id)) == []


def test_un_compte_inactif_n_a_aucune_habilitation():
    personne = f.ActeurFactory().personne
    personne.is_active = False
    assert habilitations(personne) == []
    assert not ActeurLocal.objects.de(personne).exists()


def test_toutes_les_habilitations_d_une_personne_se_lisent_en_une_requete_de_plus_que_de_genres(
    django_assert_num_queries,
):
    personne = f.UtilisateurFactory()
    siennes = [
        EquipeNationale.objects.create(personne=personne, qualite="auditeur"),
        f.PiloteFactory(personne=personne),
        f.PiloteFactory(personne=personne),
        f.EtatFactory(personne=personne),
        f.ActeurFactory(personne=personne),
    ]
    f.PiloteFactory()
    with django_assert_num_queries(5):
        lues = habilitations(personne)
        assert [str(une) for une in lues] == [str(une) for une in siennes]
    assert {type(une) for une in lues} == {EquipeNationale, PiloteRegional, EtatTerritorial, ActeurLocal}
    with django_assert_num_queries(0):
        habilitations(personne)


def test_qui_n_a_rien_ne_coute_qu_une_requete(django_assert_num_queries):
    personne = f.UtilisateurFactory()
    with django_assert_num_queries(1):
        assert habilitations(personne) == []


def test_chacune_dit_ce_qu_elle_est():
    assert str(nationale()) == "Équipe nationale"
    assert str(f.PiloteFactory(region__nom="Région d'Essai")) == "Pilote régional · Région d'Essai"
    assert str(f.ActeurFactory(territoire__nom="Val d'Essai")) == "Équipe du territoire · Val d'Essai"
    departement = f.DepartementFactory()
    assert str(f.EtatFactory(region=None, departement=departement)) == f"État territorial · {departement}"
