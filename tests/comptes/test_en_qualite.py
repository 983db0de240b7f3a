"""Whoever holds several habilitations may act in the capacity of one: the rule then knows no other."""

import pytest
from django.urls import reverse

from comptes.acces import est_administrateur, exige_second_facteur, habilitations, toutes_les_habilitations
from comptes.en_qualite import CLE, designation
from comptes.models import EquipeNationale
from territoires.models import ActeurLocal
from tests import factories as f

ADRESSE = reverse("en_qualite")


@pytest.fixture
def cumulard(territoire):
    """An administrator who is also of a territory's team."""
    personne = f.AdministrateurFactory()
    f.ActeurFactory(personne=personne, territoire=territoire)
    return personne


def tenue(genre, personne):
    return genre.objects.get(personne=personne)


def choisir(client, habilitation):
    return client.post(ADRESSE, {"qualite": designation(habilitation) if habilitation else ""})


def test_au_depart_on_agit_au_titre_de_toutes(client, cumulard):
    client.force_login(cumulard)
    assert client.get(reverse("imports")).status_code == 200
    reponse = client.get(reverse("a_faire"))
    assert "2 habilitations" in reponse.text
    assert ADRESSE in reponse.text


def test_en_qualite_d_equipe_du_territoire_un_administrateur_n_administre_plus(client, cumulard):
    client.force_login(cumulard)
    acteur = tenue(ActeurLocal, cumulard)
    assert choisir(client, acteur).status_code == 302
    assert client.get(reverse("voir_comme")).status_code == 403
    lue = client.get(reverse("a_faire"))
    assert f"{acteur}\N{NO-BREAK SPACE}: changer" in lue.text
    assert reverse("imports") not in lue.text
    # The admin is scoped as that of any member of the team.
    autre = f.ActeurFactory()
    assert client.get(reverse("admin:territoires_acteurlocal_change", args=[autre.pk])).status_code == 404


def test_on_revient_a_toutes_ses_habilitations(client, cumulard):
    client.force_login(cumulard)
    choisir(client, tenue(ActeurLocal, cumulard))
    choisir(client, None)
    assert client.get(reverse("voir_comme")).status_code == 200


def test_la_regle_ne_connait_que_la_qualite_choisie(cumulard):
    cumulard.en_qualite_de = tenue(ActeurLocal, cumulard)
    assert habilitations(cumulard) == [cumulard.en_qualite_de]
    assert not est_administrateur(cumulard)
    assert not EquipeNationale.objects.de(cumulard).exists()
    assert ActeurLocal.objects.de(cumulard).get() == cumulard.en_qualite_de
    assert len(toutes_les_habilitations(cumulard)) == 2


def test_le_second_facteur_reste_demande_pour_toutes(cumulard):
    """Otherwise the password alone would open a session, then the rights."""
    cumulard.en_qualite_de = tenue(ActeurLocal, cumulard)
    assert exige_second_facteur(cumulard)


def test_on_n_agit_pas_au_titre_de_l_habilitation_d_un_autre(client, cumulard):
    client.force_login(f.ActeurFactory().personne)
    reponse = client.post(ADRESSE, {"qualite": designation(tenue(EquipeNationale, cumulard))})
    assert reponse.status_code == 200
    assert "n&#x27;est plus en cours" in reponse.text or "rien à choisir" in reponse.text
    session = client.session
    session[CLE] = designation(tenue(EquipeNationale, cumulard))
    session.save()
    assert client.get(reverse("voir_comme")).status_code == 403


def test_une_qualite_qui_a_pris_fin_n_enferme_personne(client, cumulard):
    client.force_login(cumulard)
    acteur = tenue(ActeurLocal, cumulard)
    choisir(client, acteur)
    acteur.retirer()
    assert client.get(reverse("voir_comme")).status_code == 200


def test_qui_n_a_qu_une_habilitation_n_a_rien_a_choisir(client, db):
    client.force_login(f.ActeurFactory().personne)
    reponse = client.get(ADRESSE)
    assert "rien à choisir" in reponse.text
    assert '<form method="post" action="/compte/en-qualite-de/"' not in reponse.text


def test_voir_comme_montre_toutes_les_habilitations_de_l_autre(client, cumulard, admin_client):
    """The capacity is the administrator's own choice: it is not that of whom they look at."""
    client.post(reverse("voir_comme"), {"adresse": cumulard.email})
    assert "2 habilitations" in client.get(reverse("a_faire")).text
