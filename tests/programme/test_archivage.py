"""Archiving is a date and who gave it: of projects that have ended, out of the lists, undone at will."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from comptes.parcours import TransitionImpossible
from programme.archivage import archiver, desarchiver
from programme.enums import EtatProjet
from programme.models import Projet
from programme.parcours_projet import PARCOURS
from tests import factories as f
from tests.factories_projets import PorteurFactory, projet_en
from tests.outils.contraintes import verifier_refus

pytestmark = pytest.mark.django_db

ARCHIVABLES = {"realise", "retire", "abandonne", "non_inscrit"}
ARCHIVENT = {"chef de projet", "pilote", "agent instructeur", "administrateur"}
LISTE = reverse("projets")


def adresse(projet, acte="archiver"):
    return reverse(f"projet_{acte}", args=[projet.cle])


def relire(projet):
    return Projet.objects.get(pk=projet.pk)


@pytest.mark.parametrize("etat", EtatProjet)
def test_seul_un_projet_termine_ou_non_inscrit_s_archive(etat, territoire, personnages):
    projet = projet_en(etat, territoire=territoire)
    if etat in ARCHIVABLES:
        archiver(projet, personnages["chef de projet"])
        assert relire(projet).archive_le == timezone.localdate()
    else:
        with pytest.raises(TransitionImpossible, match="seul un projet terminé"):
            archiver(projet, personnages["chef de projet"])
        assert relire(projet).archive_le is None


def test_l_equipe_et_la_region_qui_decide_archivent_et_desarchivent_elles_seules(territoire, personnages):
    depart = projet_en(EtatProjet.REALISE, territoire=territoire)
    gens = {nom: personne for nom, personne in personnages.items() if personne}
    gens["porteur du projet"] = PorteurFactory(projet=depart).personne
    for nom, personne in gens.items():
        projet = relire(depart)
        assert Projet.objects.archivables_par(personne).filter(pk=projet.pk).exists() == (nom in ARCHIVENT), nom
        if nom in ARCHIVENT:
            archiver(projet, personne)
            desarchiver(projet, personne)
        else:
            with pytest.raises(PermissionDenied):
                archiver(projet, personne)
    archiver(depart, personnages["pilote"])
    for nom, personne in gens.items():
        if nom not in ARCHIVENT:
            with pytest.raises(PermissionDenied):
                desarchiver(relire(depart), personne)


def test_l_archivage_est_dans_le_journal(territoire, personnages):
    projet = projet_en(EtatProjet.REALISE, territoire=territoire)
    archiver(projet, personnages["chef de projet"])
    desarchiver(projet, personnages["pilote"])
    sorti, archive, *_ = projet.historique.order_by("-history_id")
    assert (archive.history_change_reason, archive.history_user) == ("Archivé", personnages["chef de projet"])
    assert (archive.archive_le, archive.archive_par) == (timezone.localdate(), personnages["chef de projet"])
    assert (sorti.history_change_reason, sorti.history_user) == ("Sorti des archives", personnages["pilote"])
    assert (sorti.archive_le, sorti.archive_par) == (None, None)


def test_deux_fois_de_suite_se_dit(territoire, personnages):
    projet, chef = projet_en(EtatProjet.REALISE, territoire=territoire), personnages["chef de projet"]
    with pytest.raises(TransitionImpossible, match="n'est pas archivé"):
        desarchiver(projet, chef)
    archiver(projet, chef)
    with pytest.raises(TransitionImpossible, match="déjà archivé"):
        archiver(relire(projet), chef)


def test_rien_ne_part_d_un_projet_archive(territoire, personnages):
    """Whatever leaves a state from which one archives asks it out of the archives first."""
    for etat in ARCHIVABLES:
        projet = projet_en(etat, territoire=territoire)
        archiver(projet, personnages["administrateur"])
        for transition in PARCOURS.possibles_depuis(etat):
            manques = [manque.message for exigence in transition.exige for manque in exigence(projet)]
            assert any("archivé" in message for message in manques), transition.cle


def test_a_l_ecran_on_archive_on_retrouve_et_on_desarchive(client, territoire, personnages):
    projet = projet_en(EtatProjet.REALISE, territoire=territoire, titre="Projet rangé")
    client.force_login(personnages["chef de projet"])
    assert "archiver le projet" in client.get(projet.get_absolute_url()).text
    assert "Projet rangé" in client.get(LISTE).text
    assert "Archiver le projet" in client.get(adresse(projet)).text
    assert "est archivé" in client.post(adresse(projet), follow=True).text
    assert "Projet rangé" not in client.get(LISTE).text
    assert "Projet rangé" in client.get(LISTE, {"archives": "on"}).text
    page = client.get(projet.get_absolute_url()).text
    assert "Archivé" in page
    assert str(personnages["chef de projet"]) in page
    assert "déjà archivé" in client.post(adresse(projet), follow=True).text
    assert "Archivé le" in client.get(adresse(projet, "desarchiver")).text
    assert "sorti des archives" in client.post(adresse(projet, "desarchiver"), follow=True).text
    assert "Projet rangé" in client.get(LISTE).text
    client.force_login(personnages["lecture"])
    assert client.post(adresse(projet)).status_code == 403


def test_le_public_lit_encore_un_projet_archive_a_son_adresse(client, territoire, personnages):
    projet = projet_en(EtatProjet.REALISE, territoire=territoire)
    archiver(projet, personnages["chef de projet"])
    page = client.get(projet.get_absolute_url())
    assert page.status_code == 200
    assert str(personnages["chef de projet"]) not in page.text
    assert projet.titre not in client.get(LISTE).text
    export = reverse("projets_export", args=["csv"])
    assert projet.titre not in b"".join(client.get(export)).decode()
    assert projet.titre in b"".join(client.get(export, {"archives": "on"})).decode()


@pytest.mark.parametrize(
    "changements",
    [
        {"archive_le": None},
        {"archive_par": None},
        {"etat": EtatProjet.REALISATION},
    ],
)
def test_la_base_refuse_une_archive_incoherente(changements, territoire):
    projet = projet_en(
        EtatProjet.REALISE,
        territoire=territoire,
        archive_le=datetime.date(2026, 1, 1),
        archive_par=f.UtilisateurFactory(),
    )
    verifier_refus(projet, "programme_projet_archive", changements)
