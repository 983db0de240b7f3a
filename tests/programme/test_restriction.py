"""An inscribed project is public unless the region that decides says why not; it is shown again the same way."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from programme.enums import EtatProjet
from programme.models import Projet
from programme.restriction import restreindre
from tests.factories_projets import PorteurFactory, projet_en
from tests.pilotage.lecture import Page

pytestmark = pytest.mark.django_db

DECIDENT = {"pilote", "agent instructeur", "administrateur"}
RAISON = "Négociation immobilière en cours"


def adresse(projet):
    return reverse("projet_restreindre", args=[projet.cle])


@pytest.fixture
def projet(territoire):
    return projet_en(EtatProjet.INSCRIT, territoire=territoire)


def test_la_region_qui_decide_cache_et_montre_elle_seule(personnages, projet):
    gens = {nom: personne for nom, personne in personnages.items() if personne}
    gens["porteur du projet"] = PorteurFactory(projet=projet).personne
    for nom, personne in gens.items():
        if nom in DECIDENT:
            restreindre(projet, personne, RAISON)
            restreindre(projet, personne, "")
        else:
            with pytest.raises(PermissionDenied):
                restreindre(projet, personne, RAISON)
        assert Projet.objects.get(pk=projet.pk).non_public_motif == "", nom


def test_cache_le_projet_n_est_lu_que_de_qui_le_suit_et_dit_pourquoi(client, personnages, projet):
    public = client.get(projet.get_absolute_url())
    assert public.status_code == 200
    client.force_login(personnages["pilote"])
    assert adresse(projet) in client.get(projet.get_absolute_url()).text
    reponse = client.post(adresse(projet), {"motif": RAISON}, follow=True)
    assert f"Non public {RAISON}" in Page(reponse).mots
    assert "Le projet n'est plus montré au public." in Page(reponse).mots
    client.force_login(personnages["chef de projet"])
    page = client.get(projet.get_absolute_url()).text
    assert RAISON in page
    assert adresse(projet) not in page
    client.logout()
    assert client.get(projet.get_absolute_url()).status_code == 302
    assert str(projet.titre) not in client.get(reverse("projets")).text


def test_la_raison_est_demandee_et_reste_dans_l_historique(client, personnages, projet):
    client.force_login(personnages["pilote"])
    vide = Page(client.post(adresse(projet), {"motif": "  "}))
    assert "Dites pourquoi : la raison reste dans l'historique." in vide.mots
    longue = client.post(adresse(projet), {"motif": "x" * 301})
    assert longue.status_code == 200
    assert Projet.objects.get(pk=projet.pk).non_public_motif == ""
    client.post(adresse(projet), {"motif": RAISON})
    client.post(adresse(projet), {"motif": f"{RAISON}, jusqu'en mars"})
    assert Projet.objects.get(pk=projet.pk).non_public_motif == f"{RAISON}, jusqu'en mars"
    client.post(adresse(projet), {"montrer": ""})
    relu = Projet.objects.get(pk=projet.pk)
    assert relu.non_public_motif == ""
    raisons = list(relu.historique.values_list("history_change_reason", "history_user")[:3])
    pilote = personnages["pilote"].pk
    assert raisons == [("Montré au public", pilote), ("Caché au public", pilote), ("Caché au public", pilote)]
    mots = Page(client.get(reverse("projet_historique", args=[projet.cle]))).mots
    assert RAISON in mots
