"""Measures by need, each with how we know it."""

import pytest

from programme.models import Besoin, ChiffreAnnonce, Mesure
from tests import factories as f
from tests.pilotage.lecture import ouvrir

pytestmark = pytest.mark.django_db


def test_les_dix_huit_mesures_sont_sous_leurs_quatre_besoins(client):
    page = ouvrir(client, "/mesures/")
    assert page.sections == ["Attirer", "Recruter", "Innover", "Simplifier"]
    assert page.html.count('class="mesures__ligne"') == 18
    titres = list(Mesure.objects.values_list("titre", flat=True))
    places = [page.mots.index(titre.replace("\N{NO-BREAK SPACE}", " ")) for titre in titres]
    assert places == sorted(places)


def test_chaque_mesure_dit_comment_elle_est_connue(client):
    page = ouvrir(client, "/mesures/")
    assert page.html.count('class="fr-tag fr-tag--sm fiabilite ') == 18
    for libelle in (
        "Intitulé officiel",
        "Reformulée par une source",
        "Seulement mentionnée",
        "Postérieure à l'annonce",
    ):
        assert libelle in page.mots


def test_le_nombre_annonce_garde_son_incertitude(client):
    assert "Annoncé en 2018 : 18 mesures (17 ou 18 selon les sources)." in ouvrir(client, "/mesures/").mots
    ChiffreAnnonce.objects.get(cle="mesures").delete()
    assert "Annoncé en 2018" not in ouvrir(client, "/mesures/").mots


def test_le_nombre_de_besoins_est_celui_des_besoins(client):
    Mesure.objects.filter(besoin__code="innover").delete()
    Besoin.objects.get(code="innover").delete()
    assert "quatre besoins" not in ouvrir(client, "/mesures/").mots


def test_un_besoin_sans_mesure_le_dit(client):
    f.BesoinFactory(nom="Décarboner", description="")
    page = ouvrir(client, "/mesures/")
    assert "Décarboner" in page.sections
    assert "Aucune mesure n'est encore saisie pour ce besoin." in page.mots


def test_l_export_dit_combien_de_mesures_il_emporte(client):
    assert "18 mesures · Exporter ces 18 lignes : CSV" in ouvrir(client, "/mesures/").mots
    Mesure.objects.exclude(code="REC-1").delete()
    assert "1 mesure · Exporter cette ligne : CSV" in ouvrir(client, "/mesures/").mots


def test_sans_mesure_il_n_y_a_rien_a_exporter(client):
    Mesure.objects.all().delete()
    assert "Exporter" not in ouvrir(client, "/mesures/").mots


def test_sans_catalogue_la_page_le_dit(client, base_vide):
    page = ouvrir(client, "/mesures/")
    assert "Aucune mesure n'est encore saisie" in page.mots
    assert page.sections == []


def test_une_mesure_dit_son_besoin_sa_phase_et_sa_source(client):
    page = ouvrir(client, "/mesures/REC-1/")
    assert "Volontariat territorial en entreprise" in page.h1
    assert page.liens["Recruter"] == "/mesures/#recruter"
    assert "Phase 1 (2018-2022)" in page.mots
    assert "Intitulé officiel" in page.mots
    assert any(adresse.startswith("https://aer-bfc") for adresse in page.liens.values())
    assert page.sections == ["Les projets de cette mesure", "Les autres mesures pour « recruter »"]
    assert page.html.count('class="mesures__ligne"') == 3


def test_une_mesure_seule_sans_description_ni_source_ne_montre_rien_de_vide(client):
    mesure = f.MesureFactory(description="", source="")
    page = ouvrir(client, f"/mesures/{mesure.code}/")
    assert page.h1 == mesure.titre
    assert "Source" not in page.mots
    assert "autres mesures" not in page.mots
    assert "<dd></dd>" not in page.html
    assert '<p class="fr-text--lead"></p>' not in page.html


@pytest.mark.parametrize("code", ["ATT-99", "att-1x", "0", "-"])
def test_une_mesure_inconnue_n_existe_pas(client, code):
    page = ouvrir(client, f"/mesures/{code}/", statut=404)
    assert 'name="q"' in page.html


def test_ce_qu_une_personne_ecrit_est_montre_tel_quel_et_sans_danger(client):
    mesure = f.MesureFactory(
        titre="<b>Essai</b>", description="<script>alert(1)</script>", source="javascript:alert(1)"
    )
    page = ouvrir(client, f"/mesures/{mesure.code}/")
    assert page.h1 == "<b>Essai</b>"
    assert "<script>alert" not in page.html
    assert 'href="javascript' not in page.html
