"""The signed documents of contracts: who reads them, how they are served, what replaces what."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from programme import pieces
from programme.models import DocumentSigne
from programme.models.pieces import DOSSIER, TAILLE_MAX
from tableurs.models import stockage_prive
from tests.factories_comites import ContratFactory
from tests.factories_perimetres import DeliberationFactory, document_de
from tests.factories_pieces import PDF
from tests.outils.contraintes import verifier_refus
from tests.pilotage.lecture import Page
from tests.tableurs.conftest import dossier_prive  # noqa: F401 - files go to a folder of the test's own

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("dossier_prive")]


def deposer(client, contrat, nom="contrat.pdf", contenu=PDF, mime="application/pdf"):
    ou = reverse("contrat_document", args=[contrat.cle])
    return client.post(ou, {"fichier": SimpleUploadedFile(nom, contenu, mime)})


def test_le_pilote_depose_le_contrat_signe_qui_se_telecharge_sans_jamais_etre_une_page(client, territoire, personnages):
    contrat = ContratFactory(territoire=territoire)
    client.force_login(personnages["pilote"])
    assert deposer(client, contrat, "../contrat\u202efdp.html", mime="text/html").status_code == 302
    document = contrat.documents.get()
    assert document.get_absolute_url() in client.get(reverse("contrats")).text
    reponse = client.get(document.get_absolute_url())
    assert b"".join(reponse.streaming_content) == PDF
    assert reponse["Content-Type"] == "application/pdf"
    assert reponse["Content-Disposition"].startswith("attachment")
    assert ".." not in reponse["Content-Disposition"]
    assert reponse["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in reponse["Content-Security-Policy"]
    assert "no-store" in reponse["Cache-Control"]


def test_un_nouveau_document_remplace_le_precedent_qui_reste_lisible(client, territoire, personnages):
    contrat = ContratFactory(territoire=territoire)
    premier = document_de(contrat, nom="premier.pdf")
    client.force_login(personnages["pilote"])
    deposer(client, contrat, "second.pdf")
    premier.refresh_from_db()
    assert premier.remplace_le
    assert contrat.documents.en_cours().get().nom_fichier == "second.pdf"
    mots = Page(client.get(reverse("contrat_document", args=[contrat.cle]))).mots
    assert "premier.pdf" in mots
    assert "remplacé le" in mots
    client.force_login(personnages["chef de projet"])
    assert b"".join(client.get(premier.get_absolute_url()).streaming_content) == PDF


@pytest.mark.parametrize("contenu", [b"<html><script>1</script>", b"<svg/>", b"MZ\x90", b""])
def test_ce_qui_n_est_pas_un_document_est_refuse(client, territoire, personnages, contenu):
    client.force_login(personnages["pilote"])
    page = Page(deposer(client, ContratFactory(territoire=territoire), contenu=contenu))
    assert "Le document n'est pas déposé" in page.mots
    assert not DocumentSigne.objects.exists()


def test_le_public_et_les_voisins_n_obtiennent_pas_le_document(client, territoire, personnages):
    document = document_de(ContratFactory(territoire=territoire), nom="annexe-secrete.pdf")
    assert "annexe-secrete" not in client.get(territoire.get_absolute_url()).text
    for nom in ("équipe voisine", "pilote voisin", "porteur", "sans habilitation"):
        client.force_login(personnages[nom])
        assert client.get(document.get_absolute_url()).status_code == 404


def test_le_nettoyage_garde_les_documents_signes(db, monkeypatch):
    document_de(ContratFactory())
    monkeypatch.setattr(pieces, "_est_ancien", lambda *_: True)
    assert pieces.nettoyer() == 0
    assert len(stockage_prive().listdir(DOSSIER)[1]) == 1


@pytest.mark.parametrize(
    ("nom", "changements"),
    [
        ("programme_documentsigne_de_quoi", {"contrat": None}),
        ("programme_documentsigne_taille", {"taille": 0}),
        ("programme_documentsigne_taille", {"taille": TAILLE_MAX + 1}),
    ],
)
def test_la_base_refuse_un_document_incoherent(nom, changements, db):
    verifier_refus(document_de(ContratFactory()), nom, changements)


def test_la_base_refuse_deux_documents_a_la_fois(db):
    for objet, nom in (
        (ContratFactory(), "programme_documentsigne_un_par_contrat"),
        (DeliberationFactory(), "programme_documentsigne_un_par_deliberation"),
    ):
        remplace = document_de(objet)
        document_de(objet)
        remplace.refresh_from_db()
        verifier_refus(remplace, nom, {"remplace_le": None})
        assert remplace.depose_le <= timezone.now()


def test_la_base_refuse_un_document_de_deux_choses(db):
    document = document_de(ContratFactory())
    verifier_refus(document, "programme_documentsigne_de_quoi", {"deliberation": DeliberationFactory()})
