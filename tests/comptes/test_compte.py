"""The account page: what one reads and changes there, what it links to, one's data as a file."""

import json
from datetime import date
from html import unescape

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comptes import mes_donnees, telephones, traces
from comptes.models import Courrier, PreferenceCourrier, Utilisateur
from tableurs.francais import jour
from territoires.enums import QualiteRegionale
from territoires.models import PiloteRegional, Region
from tests import factories as f
from tests.outils.second_facteur import donner_une_application
from tests.tableurs.ecrans import lot_de

pytestmark = pytest.mark.django_db

COORDONNEES = {"prenom": "Zoé", "nom": "Marchand", "fonction": "Cheffe de projet", "telephone": "+33 (0)3 28 12 34 56"}


@pytest.fixture
def personne(client):
    personne = f.UtilisateurFactory(prenom="Ana", nom="Lepic", email="ana@exemple.example")
    client.force_login(personne)
    return personne


def lire(client):
    return unescape(client.get(reverse("compte")).content.decode())


def donnees(client):
    reponse = client.get(reverse("mes_donnees"))
    assert reponse.status_code == 200
    return json.loads(reponse.content), reponse


def test_le_nom_de_l_en_tete_mene_au_compte(client, personne):
    assert f'href="{reverse("compte")}" title="Ana Lepic' in client.get("/").content.decode()


def test_les_coordonnees_s_enregistrent_avec_leur_historique(client, personne):
    reponse = client.post(reverse("compte"), COORDONNEES)
    assert reponse.url == reverse("compte")
    personne.refresh_from_db()
    assert (str(personne), personne.telephone) == ("Zoé Marchand", "03 28 12 34 56")
    ligne = personne.historique.first()
    assert (ligne.nom, ligne.prev_record.nom, ligne.history_user) == ("Marchand", "Lepic", personne)


def test_se_connecter_n_est_pas_une_modification(client):
    personne = f.UtilisateurFactory()
    client.force_login(personne)
    assert Utilisateur.objects.get(pk=personne.pk).last_login
    assert personne.historique.count() == 1


def test_rien_ne_s_ecrit_quand_rien_n_a_change(client, personne):
    avant = personne.historique.count()
    client.post(reverse("compte"), {"prenom": "Ana", "nom": "Lepic", "fonction": "", "telephone": ""})
    assert personne.historique.count() == avant


def test_une_saisie_refusee_le_dit_et_ne_change_pas_l_en_tete(client, personne):
    page = client.post(reverse("compte"), COORDONNEES | {"nom": "", "telephone": "12"})
    page = unescape(page.content.decode())
    assert "Saisissez votre nom." in page
    assert telephones.INVALIDE in page
    assert "<span>Ana Lepic</span>" in page
    assert Utilisateur.objects.get(pk=personne.pk).prenom == "Ana"


def test_on_ne_change_ni_son_adresse_ni_son_etat_par_cette_page(client, personne):
    client.post(reverse("compte"), COORDONNEES | {"email": "autre@exemple.example", "is_active": "", "efface_le": "1"})
    personne.refresh_from_db()
    assert (personne.email, personne.is_active, personne.efface_le) == ("ana@exemple.example", True, None)


@pytest.mark.parametrize(
    ("saisi", "garde"),
    [
        ("0328123456", "03 28 12 34 56"),
        ("03.28.12.34.56", "03 28 12 34 56"),
        ("+33 (0)3 28 12 34 56", "03 28 12 34 56"),
        ("0033 6 12 34 56 78", "06 12 34 56 78"),
        ("03-28-12-34-56 poste 12", "03 28 12 34 56 poste 12"),
        ("+262 262 12 34 56", "+262262123456"),
        ("", ""),
    ],
)
def test_un_telephone_se_lit_comme_il_s_ecrit(saisi, garde):
    assert telephones.lire(saisi) == garde


@pytest.mark.parametrize("saisi", ["12", "03 28 12 34", "03 28 12 34 56 78", "appelez-moi", "00 00 00 00 00"])
def test_un_telephone_incomplet_est_refuse(saisi):
    with pytest.raises(Exception, match="pas complet"):
        telephones.lire(saisi)


# --- Habilitations, second factor


def test_les_habilitations_sont_toutes_la_celles_en_cours_d_abord(client, personne):
    region = Region.objects.get(pk="32")
    nommeur = f.AdministrateurFactory(prenom="Nadia", nom="Nomme")
    finie = f.PiloteFactory(personne=personne, region=region, du="2020-01-01", au="2021-12-31")
    f.PiloteFactory(
        personne=personne,
        region=region,
        qualite=QualiteRegionale.AGENT_INSTRUCTEUR,
        nommee_par=nommeur,
        du="2019-03-01",
    )
    page = lire(client)
    assert page.index("Agent instructeur") < page.index(finie.get_qualite_display())
    for attendu in ("Pilote régional · Hauts-de-France", "Nadia Nomme", "en cours", "terminée", jour(date(2019, 3, 1))):
        assert attendu in page


def test_sans_habilitation_la_page_dit_quoi_faire(client, personne):
    assert "Vous n'avez aucune habilitation" in lire(client)


def test_le_second_facteur_se_dit_en_mots(client, personne, facteur_demande):
    assert "Aucun : un mot de passe volé suffirait." in lire(client)
    donner_une_application(personne)
    Authenticator.objects.create(user=personne, type=Authenticator.Type.WEBAUTHN, data={})
    assert "En service : une application d'authentification et une clé de sécurité." in lire(client)


def test_la_page_ne_coute_pas_plus_avec_trente_habilitations(client, personne):
    def compter():
        with CaptureQueriesContext(connection) as requetes:
            lire(client)
        return len(requetes)

    nommeur = f.AdministrateurFactory()
    for _ in range(2):
        f.PiloteFactory(personne=personne, nommee_par=nommeur)
    deux = compter()
    for _ in range(28):
        f.PiloteFactory(personne=personne, nommee_par=nommeur)
    assert compter() == deux <= 19


# --- My data


def test_mes_donnees_sont_un_fichier_que_personne_ne_garde(client, personne):
    _, reponse = donnees(client)
    assert reponse["Content-Type"] == "application/json"
    assert reponse["Content-Disposition"].startswith("attachment")
    assert "no-store" in reponse["Cache-Control"]


def test_mes_donnees_disent_le_compte_les_habilitations_et_leur_passe(client, personne):
    region = Region.objects.get(pk="32")
    f.PiloteFactory(personne=personne, region=region)
    client.post(reverse("compte"), COORDONNEES)
    PreferenceCourrier.objects.create(personne=personne, genre="x", choix="aucun")
    f.CourrierFactory(destinataire=personne, adresse=personne.email, genre="absent", objet="Bonjour Zoé")
    lot_de(1, depose_par=personne)
    lues, _ = donnees(client)
    assert lues["compte"]["prénom"] == "Zoé"
    siennes = lues["à votre sujet"]
    (pilote,) = siennes["pilotes régionaux"]
    assert (pilote["personne"], pilote["région"]) == ("vous", "Hauts-de-France")
    assert siennes["courriels"][0]["objet"] == "Bonjour Zoé"
    assert siennes["préférences de courriel"][0]["choix"] == "Jamais"
    passe = lues["historique de ce qui vous concerne"]
    assert [ligne["prénom"] for ligne in passe["utilisateurs"]] == ["Ana", "Zoé"]
    assert len(passe["pilotes régionaux"]) == 1
    assert lues["ce que vous avez modifié, par jour"]["utilisateurs"][0]["modifications"] == 1


def test_mes_donnees_ne_disent_ni_secret_ni_les_autres(client, personne, django_user_model):
    codes = donner_une_application(personne)
    autre = f.UtilisateurFactory(prenom="Bruno", nom="Tiers", email="tiers@exemple.example")
    f.PiloteFactory(personne=autre, nommee_par=personne)
    f.CourrierFactory(destinataire=personne, adresse=personne.email, texte="https://lien-secret/")
    lues, reponse = donnees(client)
    texte = reponse.content.decode()
    for tu in (
        personne.password,
        codes[0],
        "JBSWY3DPEHPK3PXP",
        "lien-secret",
        "Bruno",
        "tiers@",
        client.session.session_key,
    ):
        assert tu not in texte
    (signee,) = lues["ce que vous avez signé"]["pilotes régionaux"]
    assert (signee["personne"], signee["nommée par"]) == ("une autre personne", "vous")
    assert lues["connexion et sécurité"]


def test_un_courriel_a_une_adresse_devenue_celle_d_un_autre_n_est_pas_dans_mes_donnees(client, personne):
    personne.email = "ana2@exemple.example"
    personne.save()
    f.UtilisateurFactory(email="ana@exemple.example")
    f.CourrierFactory(adresse="ana@exemple.example", objet="Pas pour elle")
    assert "Pas pour elle" not in donnees(client)[1].content.decode()


def test_tout_modele_qui_declare_des_donnees_personnelles_est_parcouru(personne):
    """A model that is added is in the file, and is erased, without a line about it."""
    champs = {modele: set(modele.donnees_personnelles) for modele in traces.nos_modeles()}
    assert champs[Utilisateur] >= {"email", "telephone"}
    oublies = [
        modele.__name__
        for modele, noms in champs.items()
        if (traces.vers_un_compte(modele) or noms & {"email", "adresse", "courriel"})
        and modele is not Utilisateur
        # Signed, and about nobody: it says what it doesn't tell whoever signed it.
        and not hasattr(modele, "tus_a_qui_signe")
        and not traces.sujet(modele)
        and not traces.champs_d_adresse(modele)
    ]
    assert not oublies, f"On ne sait pas de qui parlent : {oublies}"
    assert {PiloteRegional, Courrier, PreferenceCourrier} <= set(champs)


def test_aucune_table_de_bibliotheque_ne_parle_d_un_compte_sans_etre_nommee():
    tierces = {
        modele
        for modele in apps.get_models(include_auto_created=True)
        # Of a field of ours that has several accounts, the table is its model's.
        if not {modele, modele._meta.auto_created} & {*traces.nos_modeles()}
        and not hasattr(modele, "instance_type")
        and traces.vers_un_compte(modele)
    }
    assert tierces == set(traces.TIERCES)


def test_ce_qu_une_piece_declare_est_dans_mes_donnees(client, personne, monkeypatch):
    monkeypatch.setattr(mes_donnees, "_declarees", {"essai": lambda identite: list(identite.adresses)})
    assert donnees(client)[0]["à votre sujet"]["essai"] == ["ana@exemple.example"]


def test_la_page_enregistree_le_dit(client, personne):
    reponse = client.post(reverse("compte"), COORDONNEES)
    assert "enregistrées" in str(next(iter(get_messages(reponse.wsgi_request))))
