"""What is said on a project: to whom, told how, taken back; nothing of it anywhere else."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from comptes.effacement import anonymiser
from comptes.genres_de_courrier import Cadence
from comptes.mes_donnees import rassembler
from comptes.models import Courrier, PreferenceCourrier
from programme import echanges
from programme.cercles import cercles_de, lecteurs
from programme.enums import Cercle, EtatProjet
from programme.models import Message
from tests.factories_pieces import MessageFactory
from tests.factories_projets import PorteurFactory, projet_en
from tests.outils.contraintes import verifier_refus
from tests.pilotage.lecture import Page

pytestmark = pytest.mark.django_db
SECRET = "Texte qui ne se répète pas"


@pytest.fixture
def projet(territoire):
    return projet_en(EtatProjet.INSCRIT, territoire=territoire)


@pytest.fixture
def monde(personnages, projet):
    return personnages | {"porteur du projet": PorteurFactory(projet=projet).personne}


def navigateur(personne):
    client = Client()
    if personne:
        client.force_login(personne)
    return client


def lu_par(personne, projet):
    """Return all that a person may read of a project, wherever it is."""
    client = navigateur(personne)
    textes = []
    for adresse in (
        projet.get_absolute_url(),
        projet.adresse_des_echanges,
        reverse("projets"),
        reverse("projets_export", args=["csv"]),
        reverse("a_faire"),
        reverse("admin:programme_projet_change", args=[projet.pk]),
        reverse("admin:programme_projet_history", args=[projet.pk]),
    ):
        reponse = client.get(adresse)
        textes.append((b"".join(reponse) if reponse.streaming else reponse.content).decode(errors="replace"))
    return " ".join(textes)


@pytest.mark.parametrize("cercle", list(Cercle))
def test_un_message_se_lit_dans_son_cercle_et_nulle_part_ailleurs(monde, projet, cercle):
    MessageFactory(projet=projet, cercle=cercle, texte=SECRET)
    attendus = set(lecteurs(projet, cercle)) | {monde[nom] for nom in ("analyste", "auditeur", "administrateur")}
    for nom, personne in monde.items():
        assert (SECRET in lu_par(personne, projet)) == (personne in attendus), nom
        if personne and personne not in attendus:
            assert SECRET not in json.dumps(rassembler(personne), default=str)


def test_les_lecteurs_en_sont_avertis_sans_le_texte_et_pas_les_autres(monde, projet):
    chef = monde["chef de projet"]
    PreferenceCourrier.objects.create(personne=monde["lecture"], genre="messages", choix=Cadence.AUCUN)
    echanges.ecrire(projet, chef, Cercle.PORTEUR_EQUIPE, SECRET)
    courriers = list(Courrier.objects.all())
    assert {courrier.destinataire for courrier in courriers} == {monde["porteur du projet"]}
    assert str(projet.titre) in courriers[0].objet
    assert SECRET not in courriers[0].texte + courriers[0].html
    assert f"{projet.adresse_des_echanges}#message-" in courriers[0].lien


def test_la_page_dit_combien_de_personnes_liront(monde, projet):
    mots = Page(navigateur(monde["chef de projet"]).get(projet.adresse_des_echanges)).mots
    # The reader of the team, the porteur; the two pilots of the lead region, the associated one.
    assert "L'équipe du territoire et le porteur : 2 personnes liront ce message" in mots
    assert "L'équipe du territoire et la région : 4 personnes liront ce message" in mots
    assert "Instruction" not in mots


def test_chacun_n_ecrit_qu_aux_cercles_dont_il_est(monde, projet):
    choix = {
        "chef de projet": [Cercle.PORTEUR_EQUIPE, Cercle.TERRITOIRE_REGION, Cercle.TOUS],
        "porteur du projet": [Cercle.PORTEUR_EQUIPE, Cercle.TOUS],
        "pilote": [Cercle.TERRITOIRE_REGION, Cercle.INSTRUCTION, Cercle.TOUS],
        "État territorial": [Cercle.INSTRUCTION, Cercle.TOUS],
        "administrateur": [Cercle.TOUS],
    }
    for nom, siens in choix.items():
        assert cercles_de(projet, monde[nom]) == siens, nom
        client = navigateur(monde[nom])
        for cercle in set(Cercle) - set(siens):
            reponse = client.post(projet.adresse_des_echanges, {"cercle": cercle, "texte": "Forgé"})
            assert "Vous ne faites pas partie" in reponse.content.decode()
    assert not Message.objects.exists()


def test_qui_ne_fait_que_lire_n_ecrit_pas(monde, projet):
    for nom in ("lecture", "analyste", "auditeur"):
        client = navigateur(monde[nom])
        assert "Écrire un message" not in client.get(projet.adresse_des_echanges).content.decode()
        assert client.post(projet.adresse_des_echanges, {"cercle": "tous", "texte": "x"}).status_code == 403


def test_un_message_se_publie_et_se_retire(monde, projet):
    client = navigateur(monde["pilote"])
    client.post(projet.adresse_des_echanges, {"cercle": "instruction", "texte": "<b>Bonjour</b>"})
    message = Message.objects.get()
    page = client.get(projet.adresse_des_echanges).content.decode()
    assert "&lt;b&gt;Bonjour" in page
    retrait = reverse("message_retirer", args=[projet.cle, message.cle])
    assert navigateur(monde["agent instructeur"]).post(retrait).status_code == 403
    assert navigateur(monde["chef de projet"]).post(retrait).status_code == 404
    client.post(retrait)
    message.refresh_from_db()
    assert (message.texte, message.est_retire) == ("", True)
    assert "Message retiré" in client.get(projet.adresse_des_echanges).content.decode()
    assert client.post(retrait).status_code == 302


def test_un_message_vide_ou_sans_lecteur_choisi_n_est_pas_publie(monde, projet):
    client = navigateur(monde["chef de projet"])
    page = client.post(projet.adresse_des_echanges, {"texte": "  "}).content.decode()
    assert "Écrivez votre message." in page
    assert "Choisissez qui pourra lire." in page
    assert not Message.objects.exists()


def test_ce_qu_une_personne_a_dit_part_avec_son_compte(monde, projet):
    chef = monde["chef de projet"]
    message = MessageFactory(projet=projet, auteur=chef, texte=SECRET)
    assert SECRET in json.dumps(rassembler(chef), default=str, ensure_ascii=False)
    anonymiser(chef)
    message.refresh_from_db()
    assert (message.texte, message.est_retire) == ("", True)


@pytest.mark.parametrize(
    ("nom", "changements"),
    [
        ("programme_message_texte", {"texte": ""}),
        ("programme_message_texte", {"retire_le": timezone.now()}),
        ("programme_message_cercle", {"cercle": "autre"}),
    ],
)
def test_la_base_refuse_un_message_impossible(nom, changements):
    verifier_refus(MessageFactory(), nom, changements)


def test_les_echanges_ne_coutent_pas_plus_pour_trente_messages(monde, projet):
    client = navigateur(monde["chef de projet"])

    def compter():
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(projet.adresse_des_echanges).status_code == 200
        return len(requetes)

    for _ in range(2):
        MessageFactory(projet=projet)
    deux = compter()
    for _ in range(28):
        MessageFactory(projet=projet)
    assert compter() == deux <= 25
