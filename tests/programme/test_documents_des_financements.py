"""The documents of a line of money: who attaches and reads them, what they prove."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from programme.argent.enums import EtatFinancement, Preuve
from programme.models import DocumentSigne, Financement, Projet
from tests.factories_argent import FinancementFactory, document_joint, hors_fiche, ligne_en
from tests.factories_comites import ContratFactory
from tests.factories_perimetres import DeliberationFactory
from tests.factories_pieces import PDF
from tests.factories_projets import ProjetFactory
from tests.outils.contraintes import verifier_refus
from tests.pilotage.lecture import Page
from tests.tableurs.conftest import dossier_prive  # noqa: F401 - files go to a folder of the test's own

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("dossier_prive")]
CHEF, OPERATEUR = "chef de projet", "opérateur"


@pytest.fixture
def ligne(transmis, pic):
    return ligne_en(EtatFinancement.SOLLICITE, projet=transmis, enveloppe=pic)


def joindre(client, ligne, nom="convention.pdf", contenu=PDF, **champs):
    ou = reverse("financement_document", args=[ligne.cle])
    return client.post(ou, {"fichier": SimpleUploadedFile(nom, contenu, "application/pdf"), **champs})


def gardes(ligne):
    return list(ligne.documents.en_cours().order_by("pk").values_list("nom_fichier", flat=True))


@pytest.mark.parametrize("nom", [CHEF, "pilote", OPERATEUR])
def test_qui_suit_la_ligne_joint_un_document_que_les_autres_telechargent(client, personnages, ligne, nom):
    client.force_login(personnages[nom])
    assert joindre(client, ligne, "../acte\u202efdp.html").url.endswith("#documents")
    document = ligne.documents.get()
    assert document.depose_par == personnages[nom]
    client.force_login(personnages["État territorial"])
    page = client.get(ligne.get_absolute_url())
    assert document.get_absolute_url() in page.text
    assert reverse("financement_document", args=[ligne.cle]) not in page.text
    reponse = client.get(document.get_absolute_url())
    assert b"".join(reponse.streaming_content) == PDF
    assert reponse["Content-Disposition"].startswith("attachment")
    assert ".." not in reponse["Content-Disposition"]
    assert "sandbox" in reponse["Content-Security-Policy"]
    assert "no-store" in reponse["Cache-Control"]


def test_le_porteur_joint_un_document_a_ce_qu_il_demande(client, personnages, pic):
    projet = Projet.objects.get(porteurs__personne=personnages["porteur"])
    ligne = FinancementFactory(projet=projet, enveloppe=pic)
    client.force_login(personnages["porteur"])
    assert joindre(client, ligne).status_code == 302
    assert gardes(ligne) == ["convention.pdf"]


@pytest.mark.parametrize(
    "nom", ["anonyme", "équipe voisine", "pilote voisin", "porteur", "sans habilitation", "expirée"]
)
def test_qui_ne_voit_pas_la_ligne_ne_lit_ni_ne_joint_rien(client, personnages, ligne, nom):
    document = document_joint(ligne)
    if personnages[nom]:
        client.force_login(personnages[nom])
    refuse = {302} if personnages[nom] is None else {404}
    assert client.get(document.get_absolute_url()).status_code in {404, *refuse}
    assert joindre(client, ligne).status_code in refuse
    assert DocumentSigne.objects.count() == 1


def test_qui_voit_la_ligne_sans_la_suivre_ne_joint_rien(client, personnages, ligne):
    client.force_login(personnages["État territorial"])
    assert joindre(client, ligne).status_code == 403
    assert not DocumentSigne.objects.exists()


def test_plusieurs_documents_vont_ensemble_un_seul_est_remplace(client, personnages, ligne):
    document_joint(ligne, nom="notification.pdf")
    convention = document_joint(ligne)
    client.force_login(personnages[CHEF])
    joindre(client, ligne, "avenant.pdf")
    assert gardes(ligne) == ["notification.pdf", "convention.pdf", "avenant.pdf"]
    joindre(client, ligne, "convention-signee.pdf", remplace=convention.cle)
    assert gardes(ligne) == ["notification.pdf", "avenant.pdf", "convention-signee.pdf"]
    convention.refresh_from_db()
    assert convention.remplace_le
    page = Page(client.get(ligne.get_absolute_url()))
    assert page.mots.count("remplacé le") == 1
    assert b"".join(client.get(convention.get_absolute_url()).streaming_content) == PDF


def test_on_ne_remplace_que_les_documents_de_la_ligne(client, personnages, ligne, transmis, pic):
    voisin = document_joint(FinancementFactory(projet=transmis, enveloppe=pic))
    document_joint(ligne)
    client.force_login(personnages[CHEF])
    page = Page(joindre(client, ligne, remplace=voisin.cle))
    assert "Le document n'est pas joint" in page.mots
    voisin.refresh_from_db()
    assert voisin.remplace_le is None


@pytest.mark.parametrize("contenu", [b"<html><script>1</script>", b"MZ\x90", b""])
def test_ce_qui_n_est_pas_un_document_est_refuse(client, personnages, ligne, contenu):
    client.force_login(personnages[CHEF])
    assert "Le document n'est pas joint" in Page(joindre(client, ligne, contenu=contenu)).mots
    assert not DocumentSigne.objects.exists()


# --- What a document proves
def test_une_source_declaree_devient_justifiee_par_son_document(client, personnages, transmis):
    commune = FinancementFactory(projet=transmis, enveloppe=None, financeur="commune")
    client.force_login(personnages[CHEF])
    ou = reverse("financement_document", args=[commune.cle])
    assert "elle devient « Justifié par un document »" in Page(client.get(ou)).mots
    joindre(client, commune)
    commune.refresh_from_db()
    assert commune.preuve == Preuve.JUSTIFIE
    assert commune.historique.first().preuve == Preuve.JUSTIFIE


@pytest.mark.parametrize(("champs", "reste"), [({"preuve": "confirme"}, "confirme"), ({"pic": True}, "declare")])
def test_ce_que_le_financeur_dit_ne_change_pas(transmis, pic, champs, reste):
    champs = {"enveloppe": pic} if champs.pop("pic", None) else {"enveloppe": None, "financeur": "commune", **champs}
    ligne = FinancementFactory(projet=transmis, **champs)
    document_joint(ligne)
    ligne.refresh_from_db()
    assert ligne.preuve == reste


def test_justifie_demande_un_document(client, personnages, territoire):
    projet = ProjetFactory(territoire=territoire, cout_total=Decimal("5000.00"), cout_total_taxe="ht")
    client.force_login(personnages[CHEF])
    champs = {"financeur": "commune", "nature": "subvention", "demande": "10", "credits": "dedies"}
    ajouter = reverse("financement_nouveau", args=[projet.cle])
    assert "Le document n'est pas déposé" in Page(client.post(ajouter, champs | {"preuve": "justifie"})).mots
    assert client.post(ajouter, champs | {"preuve": "declare"}).status_code == 302
    ligne = Financement.objects.get()
    modifier = reverse("financement_modifier", args=[ligne.cle])
    assert "Le document n'est pas déposé" in Page(client.post(modifier, champs | {"preuve": "justifie"})).mots
    document_joint(ligne)
    assert client.post(modifier, champs | {"preuve": "declare"}).status_code == 302
    assert client.post(modifier, champs | {"preuve": "justifie"}).status_code == 302
    ligne.refresh_from_db()
    assert ligne.preuve == Preuve.JUSTIFIE


def test_une_ligne_sans_projet_a_ses_documents(client, personnages, territoire, pic):
    ligne = hors_fiche(territoire, enveloppe=pic)
    client.force_login(personnages[OPERATEUR])
    assert joindre(client, ligne).status_code == 302
    assert gardes(ligne) == ["convention.pdf"]


def test_la_base_refuse_le_document_de_deux_choses(ligne):
    for autre in ({"contrat": ContratFactory()}, {"deliberation": DeliberationFactory()}, {"financement": None}):
        verifier_refus(document_joint(ligne), "programme_documentsigne_de_quoi", autre)


def test_la_page_de_la_ligne_tient_en_autant_de_requetes(client, personnages, ligne, django_assert_max_num_queries):
    for rang in range(20):
        document_joint(ligne, nom=f"{rang}.pdf")
    client.force_login(personnages[OPERATEUR])
    with django_assert_max_num_queries(15):
        assert client.get(ligne.get_absolute_url()).status_code == 200
