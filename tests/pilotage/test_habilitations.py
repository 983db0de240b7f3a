"""One habilitation: its page, its end, its transfer."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comptes.acces import aujourdhui
from comptes.models import EquipeNationale, Invitation, Utilisateur
from comptes.pages_publiques import cache
from territoires.enums import QualiteTerritoriale
from territoires.models import ActeurLocal, PiloteRegional
from tests import factories as f
from tests.pilotage.lecture import Page, ouvrir

pytestmark = pytest.mark.django_db


def adresse(une, suite=""):
    return f"/membres/{une.adresse()}/{une.cle}/{suite}"


@pytest.fixture
def de(personnages):
    """Return what finds the habilitation of somebody of the cast."""
    genres = {"lecture": ActeurLocal, "chef de projet": ActeurLocal, "équipe voisine": ActeurLocal}
    genres |= {"pilote": PiloteRegional, "agent instructeur": PiloteRegional, "administrateur": EquipeNationale}
    return lambda nom: genres[nom].objects.get(personne=personnages[nom])


@pytest.fixture
def comme(client, personnages):
    def connecter(nom):
        client.force_login(personnages[nom])
        return client

    return connecter


def terminer(client, une, jour=None):
    return client.post(adresse(une, "terminer/"), {"dernier_jour": (jour or aujourdhui()).isoformat()})


def test_mettre_fin_aujourd_hui_ferme_l_acces_tout_de_suite(comme, de, personnages):
    une = de("lecture")
    reponse = terminer(comme("pilote"), une)
    assert reponse.url == adresse(une)
    une.refresh_from_db()
    assert une.etat == "retirée"
    derniere = une.historique.first()
    assert derniere.history_change_reason == "Habilitation retirée"
    assert derniere.history_user == personnages["pilote"]
    page = ouvrir(comme("pilote"), adresse(une))
    assert "L'accès de" in page.mots
    assert "Habilitation retirée" in page.mots
    assert "terminer/" not in "".join(page.liens.values())
    assert comme("lecture").get("/membres/").status_code == 403


def test_mettre_fin_plus_tard_fixe_le_dernier_jour(comme, de):
    une, jour = de("lecture"), aujourdhui() + timedelta(days=10)
    terminer(comme("pilote"), une, jour)
    une.refresh_from_db()
    assert (une.au, une.retiree_le, une.etat) == (jour, None, "en cours")


@pytest.mark.parametrize(
    ("jours", "mots"), [(-1, "Ce jour est passé"), (40, "s'arrête déjà le"), (2, "ne commence que le")]
)
def test_un_dernier_jour_impossible_est_refuse_avec_ses_raisons(comme, territoire, personnages, jours, mots):
    du, au = aujourdhui() + timedelta(days=5), aujourdhui() + timedelta(days=30)
    une = f.ActeurFactory(territoire=territoire, du=du, au=au)
    page = Page(terminer(comme("pilote"), une, aujourdhui() + timedelta(days=jours)))
    assert mots in page.mots
    une.refresh_from_db()
    assert (une.au, une.retiree_le) == (au, None)


def test_une_date_illisible_est_refusee_a_son_champ(comme, de):
    une = de("lecture")
    page = Page(comme("pilote").post(adresse(une, "terminer/"), {"dernier_jour": "demain"}))
    assert "Ce n'est pas une date" in page.mots
    assert "L'habilitation n'a pas pris fin" in page.sections


def test_une_habilitation_finie_ne_finit_pas_deux_fois(comme, de):
    une = de("lecture")
    une.retirer()
    avant = une.retiree_le
    assert terminer(comme("pilote"), une).status_code == 302
    une.refresh_from_db()
    assert une.retiree_le == avant
    with pytest.raises(ValidationError, match="déjà pris fin"):
        une.terminer(une.personne, aujourdhui())


def test_la_confirmation_dit_ce_qui_va_se_passer(comme, de, territoire, personnages):
    page = ouvrir(comme("pilote"), adresse(de("chef de projet"), "terminer/"))
    assert "Il n'y aura plus personne en qualité de « Chef de projet » pour" in page.mots
    assert "il ne lui restera aucune habilitation" in page.mots
    assert "nomme les porteurs et l'équipe" in page.mots
    f.ActeurFactory(territoire=territoire)
    f.ActeurFactory(territoire=territoire, personne=personnages["chef de projet"], qualite=QualiteTerritoriale.MAIRE)
    page = ouvrir(comme("pilote"), adresse(de_chef(personnages), "terminer/"))
    assert "Il n'y aura plus personne" not in page.mots
    assert "Il lui restera, à votre connaissance" in page.mots
    assert "(Maire)" in page.mots


def de_chef(personnages):
    return ActeurLocal.objects.get(personne=personnages["chef de projet"], qualite=QualiteTerritoriale.CHEF_DE_PROJET)


def test_ce_qui_reste_hors_de_mon_perimetre_n_est_pas_dit(comme, de, voisin, personnages):
    une = de("lecture")
    f.ActeurFactory(territoire=voisin, personne=personnages["lecture"])
    page = ouvrir(comme("pilote"), adresse(une, "terminer/"))
    assert voisin.nom not in page.mots
    assert "Dans votre périmètre, il ne lui restera aucune habilitation" in page.mots


def test_lire_n_ecrit_rien(comme, de):
    une = de("lecture")
    client, avant = comme("pilote"), ActeurLocal.historique.count()
    for suite in ("", "terminer/", "transferer/"):
        assert client.get(adresse(une, suite)).status_code == 200
    une.refresh_from_db()
    assert une.etat == "en cours"
    assert ActeurLocal.historique.count() == avant
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("suite", ["terminer/", "transferer/"])
@pytest.mark.parametrize(
    ("nom", "statut"),
    [
        ("pilote d'une région associée", 403),
        ("État territorial", 403),
        ("lecture", 403),
        ("auditeur", 403),
        ("pilote voisin", 404),
        ("équipe voisine", 404),
    ],
)
def test_qui_n_a_pas_ce_droit_n_ecrit_rien(comme, de, nom, statut, suite):
    une = de("chef de projet")
    donnees = {"dernier_jour": aujourdhui().isoformat(), "adresse": "x@y.example", "prenom": "X", "nom": "Y"}
    assert comme(nom).post(adresse(une, suite), donnees).status_code == statut
    une.refresh_from_db()
    assert une.etat == "en cours"
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    "chemin",
    [
        "/membres/absent/2222222222/",
        "/membres/equipe-du-territoire/2222222222/",
        "/membres/equipe-du-territoire/1/terminer/",
        "/membres/pilote-regional/{cle}/terminer/",
    ],
)
def test_une_cle_forgee_est_introuvable(comme, de, chemin):
    assert comme("pilote").get(chemin.format(cle=de("lecture").cle)).status_code == 404


def test_un_administrateur_ne_met_pas_fin_a_la_sienne(comme, de):
    une = de("administrateur")
    client = comme("administrateur")
    page = ouvrir(client, adresse(une, "terminer/"))
    assert "C'est votre propre habilitation d'administrateur" in page.mots
    assert "dernier_jour" not in page.champs
    assert "C'est votre propre habilitation d'administrateur" in Page(terminer(client, une)).mots
    une.refresh_from_db()
    assert une.etat == "en cours"


def test_le_dernier_administrateur_reste(comme, de, personnages):
    """The one who ends leaves before: the other would have been the last."""
    autre = EquipeNationale.objects.get(personne=f.AdministrateurFactory())
    sienne = de("administrateur")
    sienne.au = aujourdhui() + timedelta(days=3)
    sienne.save()
    client = comme("administrateur")
    page = Page(terminer(client, autre, aujourdhui() + timedelta(days=3)))
    assert "Il ne resterait aucun administrateur" in page.mots
    autre.refresh_from_db()
    assert autre.au is None
    Utilisateur.objects.filter(pk=autre.personne_id).update(is_active=False)
    troisieme = EquipeNationale.objects.get(personne=f.AdministrateurFactory())
    assert "aucun administrateur" in Page(terminer(client, troisieme, sienne.au)).mots


def test_un_administrateur_de_demain_ne_suffit_pas_aujourd_hui(de):
    sienne = de("administrateur")
    demain = EquipeNationale.objects.get(personne=f.AdministrateurFactory())
    demain.du = aujourdhui() + timedelta(days=1)
    demain.save()
    with pytest.raises(ValidationError, match="aucun administrateur"):
        sienne.terminer(demain.personne)
    sienne.terminer(demain.personne, aujourdhui())
    assert (sienne.etat, sienne.au) == ("en cours", aujourdhui())


def test_transferer_invite_sans_rien_finir(comme, de, personnages):
    une = de("chef de projet")
    donnees = {"adresse": "Suivant@Exemple.example", "prenom": "Sacha", "nom": "Suivant"}
    reponse = comme("pilote").post(adresse(une, "transferer/"), donnees)
    assert reponse.status_code == 302
    invitation = Invitation.objects.get()
    assert (invitation.adresse, invitation.prenom, invitation.nom) == ("suivant@exemple.example", "Sacha", "Suivant")
    assert (invitation.remplace, invitation.qualite, invitation.auteur) == (une.pk, une.qualite, personnages["pilote"])
    une.refresh_from_db()
    assert une.etat == "en cours"


def test_un_transfert_a_soi_meme_ou_impossible_dit_pourquoi(comme, de, personnages, territoire):
    une, client = de("chef de projet"), comme("pilote")
    donnees = {"adresse": une.personne.email.upper(), "prenom": "X", "nom": "Y"}
    assert "qui a déjà cette habilitation" in Page(client.post(adresse(une, "transferer/"), donnees)).mots
    deja = f.ActeurFactory(territoire=territoire).personne
    page = Page(client.post(adresse(une, "transferer/"), donnees | {"adresse": deja.email}))
    assert "a déjà cette habilitation" in page.mots
    assert "L'invitation n'est pas partie" in page.sections
    assert not Invitation.objects.exists()


def test_l_historique_se_lit_en_francais_par_qui_voit_l_habilitation(comme, de, personnages):
    une = de("lecture")
    une.acte_numero, une.acte_date = "2026-014", aujourdhui()
    une._history_user = personnages["administrateur"]
    une.save()
    for nom in ("pilote", "pilote d'une région associée", "auditeur"):
        page = ouvrir(comme(nom), adresse(une))
        assert "Numéro de l'acte de délégation : (vide) → 2026-014" in page.mots
        assert str(personnages["administrateur"]) in page.mots
        chemin = f"/admin/territoires/acteurlocal/{une.pk}/history/"
        assert comme(nom).get(chemin).status_code == 200
    assert comme("pilote voisin").get(chemin).status_code == 404


def test_un_long_historique_ne_coute_pas_plus(comme, de):
    une, client = de("lecture"), comme("pilote")

    def compter():
        # The header's entries are kept: each count begins without them.
        cache.clear()
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(adresse(une)).status_code == 200
        return len(requetes)

    compter()
    avant = compter()
    for rang in range(30):
        une.acte_numero, une.acte_date = f"N{rang}", aujourdhui()
        une._history_user = f.UtilisateurFactory()
        une.save()
    assert compter() == avant <= 12


def test_la_fin_dans_l_administration_a_les_memes_limites(comme, de):
    une = de("administrateur")
    donnees = {"du": une.du.isoformat(), "au": aujourdhui().isoformat(), "acte_numero": "", "acte_date": ""}
    reponse = comme("administrateur").post(f"/admin/comptes/equipenationale/{une.pk}/change/", donnees)
    assert reponse.status_code == 200
    une.refresh_from_db()
    assert une.au is None


def test_deux_habilitations_n_ont_pas_la_meme_cle(personnages):
    cles = [une.cle for genre in (ActeurLocal, PiloteRegional) for une in genre.objects.all()]
    assert len(set(cles)) == len(cles)
    assert all(len(cle) == 10 for cle in cles)
