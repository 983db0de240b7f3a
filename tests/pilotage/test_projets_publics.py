"""Projects where the public meets them: home, measure, sitemap. Nothing of the others leaks there."""

import pytest
from django.urls import reverse

from programme.archivage import archiver
from programme.enums import EtatProjet
from programme.models import Mesure, Projet
from tests.factories import AdministrateurFactory
from tests.factories_projets import projet_en

pytestmark = pytest.mark.django_db


@pytest.fixture
def mesure():
    return Mesure.objects.first()


@pytest.fixture
def projets(territoire, mesure):
    """One that anyone may read, and three that nobody but theirs may."""
    vu = projet_en(EtatProjet.INSCRIT, territoire=territoire, titre="Projet montré")
    restreint = projet_en(EtatProjet.INSCRIT, territoire=territoire, titre="Projet restreint")
    archive = projet_en(EtatProjet.REALISE, territoire=territoire, titre="Projet archivé")
    Projet.objects.filter(pk=restreint.pk).update(non_public_motif="Secret industriel.")
    archiver(archive, AdministrateurFactory())
    transmis = projet_en(EtatProjet.TRANSMIS, territoire=territoire, titre="Projet transmis")
    for projet in (vu, restreint, archive, transmis):
        projet.mesures.add(mesure)
    return vu, (restreint, archive, transmis)


@pytest.mark.parametrize("page", ["accueil", "mesure", "sitemap", "territoire"])
def test_le_public_y_trouve_ce_qu_il_peut_lire_et_rien_d_autre(client, personnages, projets, mesure, territoire, page):
    vu, autres = projets
    arguments = {"mesure": [mesure.code], "territoire": [territoire.slug]}.get(page)
    for nom in ("anonyme", "pilote"):
        if personnages[nom]:
            client.force_login(personnages[nom])
        texte = client.get(reverse(page, args=arguments)).text
        assert vu.get_absolute_url() in texte
        for autre in autres:
            assert autre.cle not in texte
            assert autre.titre not in texte


def test_une_mesure_sans_projet_le_dit(client, mesure):
    assert "Aucun projet de cette mesure" in client.get(reverse("mesure", args=[mesure.code])).text
    assert "Les derniers projets inscrits" not in client.get("/").text


def test_l_accueil_change_des_qu_un_projet_est_inscrit(client, territoire):
    avant = client.get("/")
    projet = projet_en(EtatProjet.INSCRIT, territoire=territoire)
    apres = client.get("/")
    assert avant["ETag"] != apres["ETag"]
    assert projet.cle in apres.text
