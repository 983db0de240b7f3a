"""What the database refuses of opinions, committees, contracts, and of the decisions that name them."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from programme.enums import EtatProjet, GenreComite, GenreContrat
from tests import factories as f
from tests.factories_comites import AvisFactory, ComiteFactory, ContratFactory, PointFactory
from tests.factories_projets import projet_en
from tests.outils.contraintes import verifier_refus

pytestmark = pytest.mark.django_db


def test_un_avis_est_d_une_region_ou_d_un_departement():
    nom = "programme_avis_autorite"
    verifier_refus(AvisFactory(), nom, {"region": None})
    verifier_refus(AvisFactory(), nom, {"departement": f.DepartementFactory()})
    verifier_refus(AvisFactory(region=None, departement=f.DepartementFactory()), nom, {"departement": None})


@pytest.mark.parametrize("sens", ["reserve", "defavorable"])
def test_un_avis_qui_n_est_pas_favorable_se_motive(sens):
    verifier_refus(AvisFactory(), "programme_avis_motif", {"sens": sens})
    verifier_refus(AvisFactory(sens=sens, motif="Parce que."), "programme_avis_motif", {"motif": ""})


@pytest.mark.parametrize(
    ("contrainte", "portee"),
    [
        ("programme_avis_un_par_region", lambda: {"region": f.RegionFactory()}),
        ("programme_avis_un_par_departement", lambda: {"region": None, "departement": f.DepartementFactory()}),
    ],
)
def test_une_autorite_n_a_qu_un_avis_courant(contrainte, portee):
    autorite = portee()
    un = AvisFactory(**autorite)
    assert contrainte in {c.name for c in un._meta.constraints}
    with pytest.raises(IntegrityError), transaction.atomic():
        AvisFactory(projet=un.projet, **autorite)
    un.remplace_le = timezone.now()
    un.save()
    AvisFactory(projet=un.projet, **autorite)
    AvisFactory(projet=un.projet, **portee())


def test_un_avis_n_est_pas_a_venir():
    with pytest.raises(ValidationError, match="à venir"):
        AvisFactory.build(date=datetime.date(2099, 1, 1)).clean()


def test_une_consultation_ecrite_n_a_pas_de_lieu():
    verifier_refus(ComiteFactory(lieu="Lille"), "programme_comite_lieu", {"genre": GenreComite.CONSULTATION})


@pytest.mark.parametrize("champ", ["clos_le", "clos_par"])
def test_un_releve_est_arrete_par_quelqu_un_a_une_date(champ):
    clos = {"clos_le": timezone.now(), "clos_par": f.UtilisateurFactory()}
    verifier_refus(ComiteFactory(), "programme_comite_clos", {champ: clos[champ]})
    verifier_refus(ComiteFactory(**clos), "programme_comite_clos", {champ: None})


def test_un_projet_n_est_qu_une_fois_a_l_ordre_du_jour_et_chaque_point_a_son_rang():
    point = PointFactory(rang=1)
    noms = {"programme_pointdecomite_projet", "programme_pointdecomite_rang"}
    assert noms == {contrainte.name for contrainte in point._meta.constraints}
    with pytest.raises(IntegrityError), transaction.atomic():
        PointFactory(comite=point.comite, projet=point.projet, rang=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        PointFactory(comite=point.comite, rang=1)


def test_un_contrat_finit_apres_avoir_commence():
    verifier_refus(ContratFactory(), "programme_contrat_periode", {"au": datetime.date(2020, 1, 1)})


def test_un_avenant_et_lui_seul_modifie_un_contrat():
    contrat = ContratFactory()
    nom = "programme_contrat_avenant"
    verifier_refus(ContratFactory(), nom, {"genre": GenreContrat.AVENANT})
    avenant = {"territoire": contrat.territoire, "genre": GenreContrat.AVENANT, "contrat_initial": contrat}
    verifier_refus(ContratFactory(**avenant), nom, {"contrat_initial": None})
    verifier_refus(ContratFactory(**avenant), nom, {"genre": GenreContrat.PROTOCOLE})
    ailleurs = ContratFactory.build(territoire=f.TerritoireFactory(), genre="avenant", contrat_initial=contrat)
    with pytest.raises(ValidationError, match="contrat de son territoire"):
        ailleurs.clean()
    d_un_avenant = ContratFactory.build(**avenant | {"contrat_initial": ContratFactory(**avenant)})
    with pytest.raises(ValidationError, match="contrat de son territoire"):
        d_un_avenant.clean()


def test_un_contrat_a_venir_n_est_pas_encore_signe():
    with pytest.raises(ValidationError, match="à venir"):
        ContratFactory.build(territoire=f.TerritoireFactory(), signe_le=datetime.date(2099, 1, 1)).clean()


def test_seule_une_decision_d_autorite_est_d_un_comite():
    projet = projet_en(EtatProjet.INSCRIT)
    comite = ComiteFactory()
    sans_autorite, inscription = projet.decisions.first(), projet.decisions.last()
    verifier_refus(sans_autorite, "programme_decision_de_comite", {"comite": comite})
    inscription.comite = comite
    inscription.full_clean()


def test_seule_une_inscription_nomme_un_contrat():
    contrat = ContratFactory()
    for etat in (EtatProjet.AJOURNE, EtatProjet.NON_INSCRIT):
        verifier_refus(projet_en(etat).decisions.last(), "programme_decision_contrat", {"contrat": contrat})
    for etat in (EtatProjet.INSCRIT, EtatProjet.INSCRIT_RESERVE):
        decision = projet_en(etat).decisions.last()
        decision.contrat = contrat
        decision.full_clean()
