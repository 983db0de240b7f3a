"""The file and the record of a committee: what is in them, and what is never there for whoever may not know it."""

import zipfile
from html import unescape
from io import BytesIO
from itertools import product

import docx
import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from programme import documents_de_comite
from programme.enums import AutoriteDecision, EtatProjet
from programme.models import Comite
from tests.factories_comites import AvisFactory, ComiteFactory, PointFactory
from tests.factories_projets import FreinFactory, JalonFactory, projet_en
from tests.outils.libreoffice import convertir, pages_du_pdf
from tests.outils.personnages import PILOTE
from tests.pilotage.lecture import Page, en_mots

pytestmark = pytest.mark.django_db
DOCUMENTS = ("dossier", "releve")


@pytest.fixture
def comite(reference):
    return ComiteFactory(region_id=PILOTE, lieu="Lille", presents="La Région\nLa préfecture", excuses="La CCI")


@pytest.fixture
def projet(comite, territoire):
    projet = projet_en(
        EtatProjet.INSTRUCTION,
        territoire=territoire,
        titre="Une école d'usinage",
        contexte="Un contexte.\n\nSa suite.",
        cout_total="123456.00",
    )
    PointFactory(comite=comite, projet=projet, rang=1)
    return projet


def adresse(comite, quoi, extension=""):
    if extension:
        return reverse(f"comite_{quoi}_fichier", args=[comite.cle, extension])
    return reverse(f"comite_{quoi}", args=[comite.cle])


def texte_du_fichier(reponse, extension):
    assert reponse.status_code == 200
    if extension == "odt":
        return zipfile.ZipFile(BytesIO(reponse.content)).read("content.xml").decode()
    lu = docx.Document(BytesIO(reponse.content))
    cellules = [cellule.text for table in lu.tables for ligne in table.rows for cellule in ligne.cells]
    return "\n".join([*(paragraphe.text for paragraphe in lu.paragraphs), *cellules])


def tout_ce_qu_on_lit(client, comite):
    """Return the text of each document in each form."""
    textes = [en_mots(unescape(client.get(adresse(comite, quoi)).text)) for quoi in DOCUMENTS]
    for quoi in DOCUMENTS:
        textes += [en_mots(texte_du_fichier(client.get(adresse(comite, quoi, un)), un)) for un in ("docx", "odt")]
    return textes


def test_le_dossier_a_l_ordre_du_jour_puis_une_page_par_fiche(client, comite, projet, territoire, personnages):
    PointFactory(comite=comite, rang=2, projet=projet_en(EtatProjet.AJOURNE, territoire=territoire, titre="Un atelier"))
    AvisFactory(projet=projet, region_id=PILOTE, sens="reserve", motif="Sous réserve du raccordement.")
    JalonFactory(projet=projet, titre="Permis")
    FreinFactory(projet=projet, regle="Hauteur du bâtiment")
    document = documents_de_comite.dossier(comite, personnages["pilote"])
    assert [bloc.genre for bloc in document.blocs].count("saut") == 2
    client.force_login(personnages["pilote"])
    page = Page(client.get(adresse(comite, "dossier")))
    assert page.h1 == "Dossier : Comité du 15 janvier 2026 (Hauts-de-France)"
    assert page.sections == [
        "Ordre du jour",
        f"1. {projet.numero} · Une école d'usinage",
        f"2. {territoire.projets.get(titre='Un atelier').numero} · Un atelier",
    ]
    attendus = ("Sa suite.", "Sous réserve du raccordement.", "123 456,00 € HT", "Permis", "Hauteur du bâtiment")
    for lu in tout_ce_qu_on_lit(client, comite):
        if "Relevé de décisions" in lu:
            continue
        for attendu in attendus:
            assert attendu in lu


def test_le_releve_dit_qui_etait_la_et_ce_qui_a_ete_decide(client, comite, projet, territoire, personnages):
    decide = projet_en(EtatProjet.INSCRIT_RESERVE, territoire=territoire, titre="Un atelier")
    PointFactory(comite=comite, rang=2, projet=decide)
    decide.decisions.filter(vers="inscrit_reserve").update(comite=comite, acte="Relevé n° 3")
    client.force_login(personnages["pilote"])
    page = Page(client.get(adresse(comite, "releve")))
    assert "La préfecture" in page.mots
    assert "La CCI" in page.mots
    [un, deux] = page.lignes[-2:]
    assert un == ["1", f"{projet.numero} · Une école d'usinage", str(territoire), "Pas de décision", "", ""]
    assert deux[3:] == [
        "Inscrit sous réserve",
        f"{AutoriteDecision.COMITE_REGIONAL.label}, 15 janvier 2026, Relevé n° 3",
        "Une condition. (avant le 1er janvier 2030)",
    ]
    assert "Tenu, relevé à arrêter" in page.mots
    Comite.objects.update(clos_le=timezone.now(), clos_par=personnages["pilote"])
    assert "Relevé arrêté le" in Page(client.get(adresse(comite, "releve"))).mots


def test_libreoffice_ouvre_le_dossier_et_le_releve_une_page_par_fiche(
    client, comite, projet, territoire, personnages, tmp_path
):
    PointFactory(comite=comite, projet=projet_en(EtatProjet.INSTRUCTION, territoire=territoire), rang=2)
    client.force_login(personnages["pilote"])
    fichiers = []
    for quoi, extension in product(DOCUMENTS, ("docx", "odt")):
        fichiers.append(tmp_path / f"{quoi}_{extension}.{extension}")
        fichiers[-1].write_bytes(client.get(adresse(comite, quoi, extension)).content)
    convertir(tmp_path, fichiers, "pdf")
    for extension in ("docx", "odt"):
        # The agenda, then a page for each of the two fiches.
        assert pages_du_pdf(tmp_path / f"dossier_{extension}.pdf") == 3
        assert pages_du_pdf(tmp_path / f"releve_{extension}.pdf") == 1


def test_un_montant_secret_n_est_dans_aucun_document_de_qui_ne_le_partage_pas(
    client, comite, projet, personnages, monkeypatch
):
    type(projet).objects.update(montants_secrets=True)
    client.force_login(personnages["pilote"])
    dossiers = [texte for texte in tout_ce_qu_on_lit(client, comite) if "123 456" in texte]
    assert len(dossiers) == 3
    assert all("ne pas diffuser" in texte for texte in dossiers)
    # Today whoever reads a committee's points shares their secrets: suppose a reader who doesn't.
    monkeypatch.setattr(type(type(projet).objects.all()), "_dans_le_secret", lambda self, personne: Q(pk__in=[]))
    for nom in ("pilote", "État territorial", "auditeur"):
        client.force_login(personnages[nom])
        textes = tout_ce_qu_on_lit(client, comite)
        assert not any("123 456" in texte or "123456" in texte for texte in textes), nom
        assert sum("Couverts par le secret des affaires" in texte for texte in textes) == 3


def test_un_projet_hors_du_perimetre_n_est_dans_aucun_document(client, comite, projet, personnages):
    ailleurs = projet_en(EtatProjet.INSTRUCTION, titre="Un projet d'ailleurs", contexte="Un contexte d'ailleurs.")
    PointFactory(comite=comite, rang=2, projet=ailleurs)
    client.force_login(personnages["pilote d'une région associée"])
    for texte in tout_ce_qu_on_lit(client, comite):
        assert "ailleurs" not in texte
        assert "1 projet de l'ordre du jour n'est pas de votre périmètre" in texte


def test_un_fichier_a_un_nom_un_type_et_un_format_connu(client, comite, personnages):
    client.force_login(personnages["pilote"])
    reponse = client.get(adresse(comite, "releve", "odt"))
    assert reponse["Content-Disposition"] == 'attachment; filename="releve-comite-2026-01-15.odt"'
    assert reponse["Content-Type"] == "application/vnd.oasis.opendocument.text"
    assert client.get(adresse(comite, "dossier", "exe")).status_code == 404


@pytest.mark.parametrize("quoi", DOCUMENTS)
def test_un_document_ne_coute_pas_plus_pour_trente_projets_que_pour_deux(client, territoire, personnages, quoi):
    client.force_login(personnages["pilote"])
    comite = ComiteFactory(region_id=PILOTE)

    def ajouter(nombre):
        for _ in range(nombre):
            projet = projet_en(EtatProjet.INSTRUCTION, territoire=territoire)
            PointFactory(comite=comite, projet=projet)
            AvisFactory(projet=projet, region_id=PILOTE)
            JalonFactory(projet=projet)

    def compter():
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(adresse(comite, quoi)).status_code == 200
        return len(requetes)

    ajouter(2)
    compter()
    deux = compter()
    ajouter(28)
    compter()
    assert compter() == deux <= 22
