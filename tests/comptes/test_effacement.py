"""Erasing a person: nothing of them is left in any table, what they did stays signed."""

import re
import time
from datetime import timedelta

import pytest
from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.urls import reverse

from comptes import acces, adresses, effacement
from comptes.models import Courrier, EquipeNationale, Invitation, PreferenceCourrier, Utilisateur
from tableurs.models import LigneImport
from territoires.models import PiloteRegional, Region
from tests import factories as f
from tests.outils.second_facteur import connecter, donner_une_application, facteurs
from tests.tableurs.ecrans import lot_de

ADRESSE, ANCIENNE = "zenobie.quark@exemple.example", "z.ancienne@exemple.example"
TELEPHONE = "03 28 98 76 54"
TRACES = ("zenobie", "z.ancienne", "quark", "Zénobie", TELEPHONE, "quarkologue", "demandee@")

pytestmark = pytest.mark.django_db


@pytest.fixture
def personne():
    """Somebody who has been everywhere."""
    personne = f.AnalysteFactory(
        prenom="Zénobie", nom="Quark", email=ANCIENNE, telephone=TELEPHONE, fonction="Quarkologue"
    )
    personne.email = ADRESSE
    personne.save()
    f.PiloteFactory(personne=personne, region=Region.objects.get(pk="32"))
    adresses.demander(personne, "demandee@exemple.example")
    f.CourrierFactory(destinataire=personne, adresse=ANCIENNE, objet="Bonjour Zénobie", texte="Zénobie Quark")
    f.CourrierFactory(adresse=ANCIENNE, objet="Invitation de Zénobie", dernier_echec=f"Refus de {ANCIENNE}")
    PreferenceCourrier.objects.create(personne=personne, genre="x", choix="aucun")
    EmailAddress.objects.create(user=personne, email=ADRESSE)
    SocialAccount.objects.create(user=personne, provider="proconnect", uid="quark-42", extra_data={"email": ADRESSE})
    donner_une_application(personne)
    for adresse in (ADRESSE, ANCIENNE):
        f.InvitationFactory(adresse=adresse, prenom="Zénobie", nom="Quark", message="Bienvenue Zénobie")
    lot = lot_de(2, depose_par=personne)
    lot.nom_fichier = "export de Zénobie Quark.xlsx"
    lot.save()
    ligne = LigneImport.objects.order_by("pk").first()
    ligne.cellules, ligne.libelle = [ADRESSE.upper(), "Quark", TELEPHONE], "Zénobie Quark"
    ligne.operations = [{"apres": {"email": ANCIENNE}}]
    ligne.save()
    assert lot.details.count() == 2
    compte = ContentType.objects.get_for_model(Utilisateur)
    LogEntry.objects.create(
        user=personne, content_type=compte, object_id=personne.pk, object_repr="Zénobie Quark", action_flag=CHANGE
    )
    return personne


def entrer(personne):
    """Return a browser where the password and the second factor have just been given."""
    client = Client()
    connecter(client, personne)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time()}]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(personne.pk)
    session.save()
    UserSession.objects.create(user=personne, session_key=session.session_key, ip="127.0.0.1", user_agent="Essai")
    return client


def texte_de_la_base():
    """Return {table.column: everything in it, in lower case}, of every table of the database."""
    textes = {}
    with connection.cursor() as curseur:
        for table in connection.introspection.table_names(curseur):
            nom = connection.ops.quote_name(table)
            curseur.execute(f"SELECT * FROM {nom}")
            colonnes = [colonne[0] for colonne in curseur.description]
            for ligne in curseur:
                for colonne, valeur in zip(colonnes, ligne, strict=True):
                    if valeur is not None and not isinstance(valeur, int | float | bool):
                        textes.setdefault(f"{table}.{colonne}", []).append(str(valeur).lower())
    return textes


def ou_l_on_trouve(*mots):
    motif = re.compile("|".join(re.escape(mot.lower()) for mot in mots))
    # Escaped in JSON on SQLite.
    return {
        colonne
        for colonne, valeurs in texte_de_la_base().items()
        for valeur in valeurs
        if motif.search(valeur) or motif.search(valeur.replace("\\u00e9", "é"))
    }


def test_plus_rien_ne_nomme_qui_est_efface(personne):
    """Every column of every table is read, before too: the walk finds what was there."""
    entrer(personne)
    avant = ou_l_on_trouve(*TRACES)
    for trouve in (
        "comptes_utilisateur.email",
        "comptes_historicalutilisateur.nom",
        "comptes_historicalinvitation.nom",
        "comptes_courrier.adresse",
        "django_admin_log.object_repr",
        "tableurs_ligneimport.cellules",
        "tableurs_lotimport.nom_fichier",
        "account_emailaddress.email",
        "socialaccount_socialaccount.uid",
    ):
        assert trouve in avant, trouve
    effacement.anonymiser(personne)
    assert ou_l_on_trouve(*TRACES) == set()


def test_ce_qui_a_ete_fait_reste_signe(personne):
    region = Region.objects.get(pk="32")
    autre = f.PiloteFactory(region=region, nommee_par=personne)
    passee = EquipeNationale.objects.get(personne=personne)
    region.nom = "Hauts de France"
    region._history_user = personne
    region.save()
    effacement.anonymiser(personne)
    autre.refresh_from_db()
    assert str(autre.nommee_par) == "Compte effacé"
    assert str(region.historique.first().history_user) == "Compte effacé"
    assert EquipeNationale.objects.get(pk=passee.pk).personne_id == personne.pk


def test_les_habilitations_et_les_connexions_prennent_fin(personne):
    f.PiloteFactory(personne=personne, du=acces.aujourdhui() + timedelta(days=9))
    client = entrer(personne)
    effacement.anonymiser(personne)
    compte = Utilisateur.objects.get(pk=personne.pk)
    assert acces.habilitations(compte) == []
    siennes = [*PiloteRegional.objects.filter(personne=compte), *EquipeNationale.objects.filter(personne=compte)]
    assert [habilitation.etat for habilitation in siennes] == ["retirée"] * 3
    assert not UserSession.objects.filter(user=compte).exists()
    assert not facteurs(compte)
    assert client.get(reverse("compte")).status_code == 302
    assert (compte.is_active, compte.has_usable_password()) == (False, False)


def test_un_courriel_qui_attendait_ne_part_plus(personne):
    effacement.anonymiser(personne)
    assert not Courrier.objects.filter(etat="a_envoyer").exists()


def test_une_invitation_qui_attendait_n_ouvre_plus_rien(personne):
    assert Invitation.objects.ouvertes().count() == 2
    effacement.anonymiser(personne)
    assert not Invitation.objects.ouvertes().exists()


def test_les_autres_gardent_ce_qui_leur_appartient(personne):
    """Whose address was once hers, and whose address she asked for by mistake."""
    f.UtilisateurFactory(email=ANCIENNE)
    f.CourrierFactory(adresse="demandee@exemple.example", genre="invitation", objet="Pour une autre")
    voisine = f.UtilisateurFactory(prenom="Zoé", nom="Quarkson")
    effacement.anonymiser(personne)
    assert Utilisateur.objects.filter(email=ANCIENNE).exists()
    assert Courrier.objects.filter(objet="Pour une autre", adresse="demandee@exemple.example").exists()
    voisine.refresh_from_db()
    assert voisine.nom == "Quarkson"


def test_effacer_deux_fois_ne_change_rien_de_plus(personne):
    effacement.anonymiser(personne)
    avant = Utilisateur.objects.get(pk=personne.pk)
    effacement.anonymiser(personne)
    apres = Utilisateur.objects.get(pk=personne.pk)
    assert (avant.email, avant.efface_le) == (apres.email, apres.efface_le)


def test_le_dernier_administrateur_ne_s_efface_pas():
    seul = f.AdministrateurFactory()
    f.AdministrateurFactory(is_active=False)
    with pytest.raises(effacement.EffacementImpossible):
        effacement.anonymiser(seul)
    f.AdministrateurFactory()
    effacement.anonymiser(seul)
    assert Utilisateur.objects.get(pk=seul.pk).efface_le


def test_rien_n_est_efface_quand_une_piece_echoue(personne, monkeypatch):
    def echouer(identite):
        raise RuntimeError("en panne")

    monkeypatch.setattr(effacement, "_declarees", [echouer])
    with pytest.raises(RuntimeError):
        effacement.anonymiser(personne)
    personne.refresh_from_db()
    assert (personne.email, personne.efface_le) == (ADRESSE, None)
    assert facteurs(personne)


# --- Asked for by the person


def test_on_efface_son_compte_soi_meme(personne):
    client = entrer(personne)
    page = client.get(reverse("effacer")).content.decode()
    assert "<strong>2\xa0habilitations</strong>" in page
    assert client.post(reverse("effacer")).url == reverse("efface")
    assert "effacé" in client.get(reverse("efface")).content.decode()
    assert "_auth_user_id" not in client.session
    assert Utilisateur.objects.get(pk=personne.pk).efface_le


def test_lire_la_page_n_efface_rien(personne):
    entrer(personne).get(reverse("effacer"))
    assert not Utilisateur.objects.get(pk=personne.pk).efface_le


def test_effacer_demande_le_mot_de_passe(client, personne):
    client.force_login(personne)
    for reponse in (client.get(reverse("effacer")), client.post(reverse("effacer"))):
        assert reponse.url.startswith(reverse("account_reauthenticate"))
    assert not Utilisateur.objects.get(pk=personne.pk).efface_le


def test_la_page_refuse_le_dernier_administrateur():
    seul = f.AdministrateurFactory()
    client = entrer(seul)
    assert "ne peut pas être effacé" in client.get(reverse("effacer")).content.decode()
    client.post(reverse("effacer"))
    assert not Utilisateur.objects.get(pk=seul.pk).efface_le


def test_les_consequences_ne_content_pas_une_requete_par_ligne(personne, django_assert_max_num_queries):
    for _ in range(30):
        f.PiloteFactory(personne=personne)
    # One for each table that somebody may have signed.
    with django_assert_max_num_queries(66):
        assert effacement.consequences(personne)["habilitations"] == 32


# --- By an administrator


def effacer_depuis_l_admin(client, compte):
    return client.post(reverse("admin:comptes_utilisateur_effacer", args=[compte.pk]))


def test_un_administrateur_efface_un_compte(admin_client, personne):
    change = reverse("admin:comptes_utilisateur_change", args=[personne.pk])
    bouton = reverse("admin:comptes_utilisateur_effacer", args=[personne.pk])
    assert bouton in admin_client.get(change).content.decode()
    assert "Zénobie Quark" in admin_client.get(bouton).content.decode()
    assert not Utilisateur.objects.get(pk=personne.pk).efface_le
    assert effacer_depuis_l_admin(admin_client, personne).url == change
    page = admin_client.get(change).content.decode()
    assert "Compte effacé" in page
    # Nothing more to do there.
    assert bouton not in page
    assert effacer_depuis_l_admin(admin_client, personne).status_code == 403
    assert ou_l_on_trouve("quark", TELEPHONE) == set()


def test_un_compte_efface_ne_se_rouvre_pas(admin_client, personne):
    effacement.anonymiser(personne)
    change = reverse("admin:comptes_utilisateur_change", args=[personne.pk])
    assert admin_client.post(change, {"is_active": "on", "nom": "Revenue"}).status_code == 403


def test_un_administrateur_n_efface_pas_le_sien_depuis_l_admin(admin_client):
    f.AdministrateurFactory()
    soi = Utilisateur.objects.get(prenom="Alice", nom="Admin")
    assert effacer_depuis_l_admin(admin_client, soi).url == reverse("effacer")
    assert not Utilisateur.objects.get(pk=soi.pk).efface_le


def test_personne_d_autre_n_efface_un_compte(client, personnages):
    cible = personnages["lecture"]
    for nom in ("pilote", "chef de projet", "analyste", "auditeur"):
        client.force_login(personnages[nom])
        assert effacer_depuis_l_admin(client, cible).status_code == 403, nom
    client.force_login(personnages["pilote voisin"])
    assert effacer_depuis_l_admin(client, cible).status_code == 404
    assert not Utilisateur.objects.get(pk=cible.pk).efface_le
