"""« Qui a accès ? » on a territory, for who follows it; « Qui pilote », for anyone, without a name too many."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comptes.acces import aujourdhui, genres
from pilotage.acces_au_territoire import groupes, suit_le_territoire
from territoires.enums import QualiteTerritoriale
from territoires.models import (
    ActeurLocal,
    Departement,
    EtatTerritorial,
    PiloteRegional,
    Territoire,
    inscriptions_actuelles,
    territoires_de,
)
from tests import factories as f
from tests.outils.personnages import ASSOCIEE, PILOTE, VOISINE
from tests.pilotage.lecture import ouvrir

pytestmark = pytest.mark.django_db

SUIVENT = [
    "chef de projet",
    "lecture",
    "pilote",
    "agent instructeur",
    "pilote d'une région associée",
    "État territorial",
]
NATIONAUX = ["analyste", "auditeur", "administrateur"]


@pytest.fixture
def lire(client, personnages, territoire):
    def ouvrir_comme(nom, statut=200):
        client.force_login(personnages[nom])
        return ouvrir(client, f"{territoire.get_absolute_url()}acces/", statut)

    return ouvrir_comme


def nommes(territoire, lecteur):
    return {acces.habilitation.personne for groupe in groupes(territoire, lecteur) for acces in groupe.acces}


@pytest.mark.parametrize("nom", SUIVENT + NATIONAUX)
def test_qui_suit_le_territoire_voit_toute_personne_qui_y_a_acces(lire, personnages, nom):
    page = lire(nom)
    assert page.h1 == "Qui a accès ?"
    assert "9 personnes ont accès" in page.mots
    attendues = [str(personnages[autre]) for autre in SUIVENT + NATIONAUX]
    vues = " | ".join(ligne[0] for ligne in page.lignes)
    assert all(attendue in vues for attendue in attendues)
    for absent in ("équipe voisine", "pilote voisin", "expirée", "sans habilitation"):
        assert not any(ligne[0].startswith(f"{personnages[absent]} ") for ligne in page.lignes)


@pytest.mark.parametrize("nom", ["sans habilitation", "expirée", "équipe voisine", "pilote voisin"])
def test_les_autres_sont_refuses(lire, nom):
    lire(nom, 403)


def test_un_visiteur_est_envoye_a_la_connexion_et_un_territoire_absent_est_introuvable(client, personnages, territoire):
    assert client.get(f"{territoire.get_absolute_url()}acces/").url.startswith("/connexion/?next=")
    client.force_login(personnages["administrateur"])
    assert client.get("/territoires/absent/acces/").status_code == 404


def test_la_liste_est_exactement_celle_de_la_regle(personnages):
    """Whoever follows a territory stands on its page, and nobody else: both ways of the rule say the same."""
    f.EtatFactory(region=None, departement=Departement.objects.get(pk="80"))
    administrateur = personnages["administrateur"]
    compares = 0
    for slug in ("vallee-de-la-bresle-vimeu", "vosges", "vallee-de-lhuisne", "dunkerque"):
        territoire = Territoire.objects.get(slug=slug)
        dits = nommes(territoire, administrateur)
        for personne in {une.personne for genre in genres() for une in genre.objects.all()}:
            assert (personne in dits) == suit_le_territoire(personne, territoire), (slug, personne)
            compares += 1
    assert compares > 40


@pytest.mark.parametrize("slug", ["vallee-de-la-bresle-vimeu", "vallee-de-lhuisne"])
def test_chaque_region_du_territoire_et_elle_seule_le_suit(slug):
    """Lead, published or of its communes."""
    territoire = Territoire.objects.get(slug=slug)
    # Published by the list, without any commune there.
    inscriptions_actuelles().get(territoire=territoire).regions.add("11")
    for code in ("11", "24", "28", "32", "44", "52"):
        pilote = f.PiloteFactory(region_id=code)
        suivi = territoires_de(pilote.personne).filter(pk=territoire.pk).exists()
        assert suivi or code != "11"
        assert PiloteRegional.objects.couvrant([territoire.pk]).filter(pk=pilote.pk).exists() == suivi


def test_chacun_lit_ce_que_l_habilitation_permet_ici(lire, personnages):
    page = lire("pilote")
    permet = {ligne[0]: ligne[3] for ligne in page.lignes if len(ligne) == 4}

    def de(nom):
        # The address, when it is told, follows the name.
        return next(texte for qui, texte in permet.items() if qui.split(" personne")[0] == str(personnages[nom]))

    assert "nomme les autres pilotes" in de("pilote")
    assert "la région pilote y décide seule" in de("pilote d'une région associée")
    assert "sans rien écrire" in de("auditeur")
    assert "nomme les porteurs et l'équipe" in de("chef de projet")
    assert page.sections == [
        "Équipe du territoire",
        "Pilotes de la région pilote, Hauts-de-France",
        "Pilotes des autres régions",
        "État territorial",
        "Équipe nationale",
    ]


def test_l_adresse_n_est_dite_qu_a_qui_partage_le_perimetre(lire, personnages):
    page = lire("lecture")
    assert personnages["pilote"].email in page.html
    assert personnages["administrateur"].email not in page.html
    assert str(personnages["administrateur"]) in page.mots
    assert personnages["administrateur"].email in lire("auditeur").html


def test_une_habilitation_qui_n_est_pas_en_cours_ne_donne_pas_acces(territoire, personnages):
    jour = aujourdhui()
    lecteur = personnages["administrateur"]
    avant = nommes(territoire, lecteur)
    f.ActeurFactory(territoire=territoire, du=jour + timedelta(days=1))
    f.ActeurFactory(territoire=territoire).retirer()
    f.ActeurFactory(territoire=territoire, personne__is_active=False)
    assert nommes(territoire, lecteur) == avant
    f.ActeurFactory(territoire=territoire, du=jour, au=jour)
    assert len(nommes(territoire, lecteur)) == len(avant) + 1


def compter(client, adresse):
    with CaptureQueriesContext(connection) as requetes:
        assert client.get(adresse).status_code == 200
    return len(requetes)


@pytest.mark.parametrize("nom", ["lecture", "administrateur"])
def test_trente_personnes_coutent_autant_que_deux(client, personnages, territoire, nom):
    client.force_login(personnages[nom])
    adresse = f"{territoire.get_absolute_url()}acces/"
    avant = compter(client, adresse)
    for _ in range(30):
        f.ActeurFactory(territoire=territoire)
        f.PiloteFactory(region_id=PILOTE)
    assert compter(client, adresse) == avant <= 15


def test_personne_d_anonyme_ne_suit_rien(territoire):
    assert not suit_le_territoire(AnonymousUser(), territoire)


# --- « Qui pilote », on the public page


def qui_pilote(client, territoire):
    page = ouvrir(client, territoire.get_absolute_url())
    assert "Qui pilote" in page.sections
    return page


def test_seuls_les_referents_qui_l_acceptent_sont_nommes(client, personnages, territoire):
    def referent(qualite, nom, **champs):
        personne = f.UtilisateurFactory(prenom="Claude", nom=nom)
        return f.ActeurFactory(territoire=territoire, personne=personne, qualite=qualite, **champs)

    referent(QualiteTerritoriale.ELU_REFERENT, "Visible", nom_public=True)
    referent(QualiteTerritoriale.INDUSTRIEL_REFERENT, "Discret")
    page = qui_pilote(client, territoire)
    assert "Élu référent Claude Visible" in page.mots
    assert "Industriel référent Nom non publié" in page.mots
    assert "Chef de projet 1 personne habilitée" in page.mots
    assert "Région pilote Hauts-de-France, 2 personnes habilitées" in page.mots
    assert "Autres régions Normandie (1)" in page.mots
    assert "Services de l'État Hauts-de-France (1)" in page.mots
    assert "Discret" not in page.html
    for nom in SUIVENT:
        assert str(personnages[nom]) not in page.html
        assert personnages[nom].email not in page.html
    assert page.liens["Qui a accès à ce territoire ?"] == f"{territoire.get_absolute_url()}acces/"


def test_un_accord_retire_ou_une_habilitation_finie_efface_le_nom_aussitot(client, territoire):
    personne = f.UtilisateurFactory(prenom="Claude", nom="Visible")
    une = f.ActeurFactory(
        territoire=territoire, personne=personne, qualite=QualiteTerritoriale.ELU_REFERENT, nom_public=True
    )
    assert "Claude Visible" in qui_pilote(client, territoire).mots
    une.nom_public = False
    une.save()
    assert "Claude Visible" not in qui_pilote(client, territoire).html
    une.nom_public = True
    une.save()
    personne.nom = "Renommée"
    personne.save()
    assert "Claude Renommée" in qui_pilote(client, territoire).mots
    une.retirer()
    assert "Claude" not in qui_pilote(client, territoire).html


def test_un_nom_publie_disparait_le_lendemain_du_dernier_jour(client, territoire, time_machine):
    personne = f.UtilisateurFactory(prenom="Claude", nom="Visible")
    jour = aujourdhui()
    f.ActeurFactory(
        territoire=territoire, personne=personne, qualite=QualiteTerritoriale.ELU_REFERENT, nom_public=True, au=jour
    )
    assert "Claude Visible" in qui_pilote(client, territoire).mots
    time_machine.move_to(f"{jour + timedelta(days=1)}T12:00:00+00:00")
    assert "Claude Visible" not in qui_pilote(client, territoire).html


def test_un_territoire_sans_personne_le_dit(client, reference):
    territoire = Territoire.objects.get(slug="dunkerque")
    page = qui_pilote(client, territoire)
    assert "Personne n'est encore inscrit pour ce territoire" in page.mots
    f.PiloteFactory(region_id=VOISINE)
    assert "Personne n'est encore inscrit pour ce territoire" in qui_pilote(client, territoire).mots
    f.PiloteFactory(region_id=PILOTE)
    page = qui_pilote(client, territoire)
    assert "Élu référent Personne n'est encore inscrit" in page.mots
    assert "Région pilote Hauts-de-France, 1 personne habilitée" in page.mots


def test_qui_pilote_ne_coute_pas_plus_avec_plus_de_monde(client, settings, personnages, territoire):
    settings.DUREE_CACHE_PAGES = 0
    avant = compter(client, territoire.get_absolute_url())
    for _ in range(10):
        f.ActeurFactory(territoire=territoire, qualite=QualiteTerritoriale.ELU_REFERENT, nom_public=True)
        f.PiloteFactory(region_id=ASSOCIEE)
        f.EtatFactory(region_id=PILOTE)
    assert compter(client, territoire.get_absolute_url()) == avant
    assert ActeurLocal.objects.count() > 10 < EtatTerritorial.objects.count()
