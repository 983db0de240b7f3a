"""The page of an invitation's link: whoever opens it, in whatever state it is."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comptes import invitations
from comptes.invitations import inviter, jeton
from comptes.models import Courrier, Invitation, Utilisateur
from territoires.models import ActeurLocal, Region
from tests import factories as f
from tests.comptes.pages_invitations import ADRESSE, erreurs, texte, vieillir
from tests.outils.html import code_en_ligne
from tests.outils.requetes import est_une_lecture

pytestmark = pytest.mark.django_db

MOT_DE_PASSE = "cheval pluie tracteur 9"
COMPTE = {
    "prenom": "Claude",
    "nom": "Martin",
    "fonction": "Maire",
    "password1": MOT_DE_PASSE,
    "password2": MOT_DE_PASSE,
}


@pytest.fixture
def lien(promise):
    return reverse("invitation", args=[jeton(promise)])


def test_lire_le_lien_n_ecrit_rien_et_n_est_garde_nulle_part(client, lien):
    with CaptureQueriesContext(connection) as capture:
        reponse = client.get(lien)
    assert reponse.status_code == 200
    assert not [r["sql"] for r in capture if not est_une_lecture(r["sql"])]
    assert reponse["Referrer-Policy"] == "strict-origin"
    assert "no-store" in reponse["Cache-Control"]
    html = reponse.content.decode()
    assert "<b>Bonjour</b>" not in html
    assert "&lt;b&gt;Bonjour" in html
    assert code_en_ligne(html) == []


def test_les_courriels_disent_ou_et_pour_quoi(client, promise, lien, territoire):
    """Their subject goes by the name that the scope has on pages."""
    vieillir(promise, 20)
    client.post(reverse("invitation_demander", args=[jeton(promise)]))
    vieillir(promise, -20)
    client.post(lien, COMPTE)
    courriels = Courrier.objects.order_by("pk")
    assert courriels.count() == 3
    for courriel in courriels:
        for corps in (courriel.texte, courriel.html):
            assert f"Équipe du territoire · {territoire}" in corps, courriel.objet


def test_accepter_ouvre_le_compte_et_connecte(client, lien, territoire):
    client.get("/connexion/")
    session = client.session
    session["avant"] = "x"
    session.save()
    ancienne = session.session_key
    reponse = client.post(lien, COMPTE)
    assert (reponse.status_code, reponse.url) == (302, reverse("a_faire"))
    assert client.session.session_key != ancienne
    compte = Utilisateur.objects.get(email=ADRESSE)
    assert (compte.prenom, compte.fonction) == ("Claude", "Maire")
    assert client.session["_auth_user_id"] == str(compte.pk)
    assert f"C'est fait : Équipe du territoire · {territoire}." in texte(client.get(reverse("a_faire")))
    # Again, by its owner.
    assert client.get(lien).url == reverse("a_faire")
    # By another.
    autre = Client().get(lien)
    assert autre.status_code == 410
    assert ADRESSE not in autre.content.decode()


def test_le_mot_de_passe_est_juge(client, lien):
    for mauvais in ("court", "123456789012345", "claude.martin@ville.ex", "1qaz2wsx3edc", ""):
        reponse = client.post(lien, {**COMPTE, "password1": mauvais, "password2": mauvais})
        assert "password1" in erreurs(reponse), mauvais
    assert "password2" in erreurs(client.post(lien, {**COMPTE, "password2": "autre chose ici"}))
    assert erreurs(client.post(lien, {})) == {"prenom", "nom", "fonction", "password1", "password2"}
    assert not Utilisateur.objects.filter(email=ADRESSE).exists()


def test_une_adresse_ou_un_droit_forges_sont_ignores(client, lien):
    client.post(lien, {**COMPTE, "email": "pirate@ailleurs.example", "qualite": "chef_de_projet", "is_active": ""})
    compte = Utilisateur.objects.get(email=ADRESSE)
    assert compte.is_active
    assert ActeurLocal.objects.get(personne=compte).qualite == "maire"
    assert not Utilisateur.objects.filter(email="pirate@ailleurs.example").exists()


def test_suivre_next_n_emmene_pas_ailleurs(client, lien):
    reponse = client.post(lien + "?next=https://ailleurs.example/", {**COMPTE, "next": "//ailleurs.example/"})
    assert reponse.url == reverse("a_faire")


def test_qui_a_un_compte_se_connecte_puis_confirme(client, lien, personnages):
    compte = f.UtilisateurFactory(email=ADRESSE)
    page = client.get(lien)
    assert page.context["connexion"] == reverse("account_login", query={"next": lien})
    assert "password1" not in page.content.decode()
    reponse = client.post(page.context["connexion"], {"login": ADRESSE, "password": f.MOT_DE_PASSE})
    assert reponse.url == lien
    assert "Accepter l'invitation" in texte(client.get(lien))
    assert client.post(lien).url == reverse("a_faire")
    assert ActeurLocal.objects.filter(personne=compte).count() == 1
    assert client.post(lien).url == reverse("a_faire")
    assert ActeurLocal.objects.filter(personne=compte).count() == 1


def test_un_autre_compte_ne_peut_que_se_deconnecter(client, lien, personnages):
    autre = personnages["sans habilitation"]
    for existe in (False, True):
        if existe:
            f.UtilisateurFactory(email=ADRESSE)
        client.force_login(autre)
        for reponse in (client.get(lien), client.post(lien, COMPTE)):
            assert reponse.status_code == 200
            assert "Se déconnecter" in texte(reponse)
            assert ADRESSE not in reponse.content.decode()
    assert client.post(reverse("account_logout"), {"next": lien}).url == lien
    assert not ActeurLocal.objects.filter(personne=autre).exists()


def test_un_compte_inactif_est_envoye_a_l_equipe_nationale(client, lien):
    f.UtilisateurFactory(email=ADRESSE, is_active=False)
    for reponse in (client.get(lien), client.post(lien, COMPTE)):
        assert reponse.status_code == 403
        assert "Écrivez à l'équipe nationale" in texte(reponse)


@pytest.mark.parametrize(
    ("cas", "statut", "mots"),
    [
        ("annulée", 410, "a été annulée"),
        ("remplacée", 410, "plus récente"),
        ("expirée", 410, "Demander une nouvelle invitation"),
        ("droits perdus", 403, "les pilotes qui décident pour la région pilote"),
        ("falsifiée", 404, "n'existe pas"),
        ("période passée", 410, "période de cette invitation est passée"),
    ],
)
def test_un_lien_qui_n_ouvre_rien_dit_pourquoi_et_que_faire(client, personnages, promise, lien, cas, statut, mots):
    if cas == "annulée":
        invitations.annuler(promise.cle, personnages["pilote"])
    elif cas == "remplacée":
        vieillir(promise, 1)
        invitations.renvoyer(promise.cle, personnages["pilote"])
    elif cas == "expirée":
        vieillir(promise, 15)
    elif cas == "droits perdus":
        personnages["pilote"].piloteregional_set.get().retirer()
    elif cas == "falsifiée":
        lien = lien[:-4] + "aaa/"
    else:
        Invitation.objects.update(du="2020-01-01", au="2020-02-01")
    for reponse in (client.get(lien), client.post(lien, COMPTE)):
        assert reponse.status_code == statut
        assert mots in texte(reponse)
        assert ADRESSE not in reponse.content.decode()
    assert not Utilisateur.objects.filter(email=ADRESSE).exists()


def test_une_nouvelle_invitation_se_demande_par_un_bouton(client, promise, lien):
    vieillir(promise, 15)
    demander = reverse("invitation_demander", args=[lien.split("/")[2]])
    assert demander in client.get(lien).content.decode()
    assert client.get(demander).status_code == 405
    for _ in range(2):
        assert "Votre demande est transmise" in texte(client.post(demander))
    assert Courrier.objects.filter(genre="suites_d_invitation").count() == 1
    assert "Cette invitation n'existe pas" in texte(client.post(reverse("invitation_demander", args=["zzz"])))


def test_demander_une_invitation_qui_sert_encore_y_ramene(client, lien):
    reponse = client.post(reverse("invitation_demander", args=[lien.split("/")[2]]))
    assert reponse.url == lien
    assert not Courrier.objects.filter(genre="suites_d_invitation").exists()


def test_un_pilote_invite_doit_mettre_en_place_un_second_facteur(client, personnages, facteur_demande):
    invitation = inviter(
        personnages["administrateur"],
        adresse=ADRESSE,
        genre=personnages["pilote"].piloteregional_set.model,
        qualite="lecture",
        portee=Region.objects.get(pk="32"),
    )
    lien = reverse("invitation", args=[jeton(invitation)])
    assert "second facteur" in texte(client.get(lien))
    client.post(lien, COMPTE)
    assert client.session["_auth_user_id"]
    assert client.get("/membres/invitations/").url == "/compte/second-facteur/"


def test_un_formulaire_venu_d_ailleurs_est_refuse(lien):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(lien, COMPTE).status_code == 403
    assert strict.post(reverse("invitation_demander", args=["zzz"])).status_code == 403
    assert not Utilisateur.objects.filter(email=ADRESSE).exists()
