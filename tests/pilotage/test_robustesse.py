"""Whatever is asked, the answer is a page that helps, never an error of ours: every public address."""

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tableurs.typographie import typographier
from territoires.models import Couverture, Inscription, Liste
from tests.outils.html import fuites_de_gabarit
from tests.pilotage.lecture import Page, pages_publiques

pytestmark = pytest.mark.django_db

PUBLIQUES = pages_publiques()
SANS_ARGUMENT = sorted(nom for nom, adresse in PUBLIQUES.items() if not adresse.arguments)
PREFIXES = ["/", "/communes/", "/territoires/", "/mesures/", "/communes/59183/", "/carte/"]

TEXTES = st.one_of(
    # What pages repeat of them is told apart from what a template left, in two forms below.
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40).filter(lambda texte: not fuites_de_gabarit(texte)),
    st.integers(-(10**30), 10**30).map(str),
    st.sampled_from(["", "\x00", "a\x00b", "%", "_", "'", '"', "\\", "../..", "<script>", "{{ 7 }}", "{% now %}"]),
    st.sampled_from(["null", "NaN", "1e999", "²", "٣", "0000001", "9" * 5000, "-population"]),
    st.sampled_from(["2018-11-22", "2022-12-31", "32", "59", "val"]),
)
CLES = st.sampled_from(["q", "page", "liste", "region", "departement", "fiabilite", "tri", "next", "format", ""])
PARAMETRES = st.dictionaries(CLES, st.one_of(TEXTES, st.lists(TEXTES, max_size=3)), max_size=5)
SEGMENTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="?#"), max_size=60)

sans_lenteur = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def verifier(reponse):
    """Check that an answer is one of ours: expected status; in French, with the header and a title of its own."""
    assert reponse.status_code in (200, 301, 302, 400, 404), reponse.status_code
    if reponse["Content-Type"].startswith("text/html") and reponse.status_code not in (301, 302):
        page = Page(reponse)
        assert '<html lang="fr"' in page.html
        assert 'class="fr-header"' in page.html
        assert page.h1
        html = page.html
        for tape in ("{{ 7 }}", "{% now %}", typographier("{% now %}")):
            html = html.replace(tape, "")
        assert not fuites_de_gabarit(html)


@sans_lenteur
@given(nom=st.sampled_from(SANS_ARGUMENT), parametres=PARAMETRES)
@example(nom="territoires", parametres={"page": "0000001" + "9" * 5000})
@example(nom="territoires", parametres={"page": "00000019"})
@example(nom="carte", parametres={"region": "\x00"})
@example(nom="territoires", parametres={"q": "{% now %}"})
@example(nom="accueil", parametres={"liste": "\x00"})
def test_aucun_parametre_ne_fait_echouer_une_page(client, nom, parametres):
    verifier(client.get(reverse(nom), parametres))


@sans_lenteur
@given(prefixe=st.sampled_from(PREFIXES), segment=SEGMENTS)
@example(prefixe="/communes/", segment="\x00")
@example(prefixe="/communes/", segment="a" * 3000)
@example(prefixe="/mesures/", segment="att-1\n")
@example(prefixe="/", segment="/")
def test_aucune_adresse_ne_fait_echouer_le_portail(client, prefixe, segment):
    verifier(client.get(f"{prefixe}{segment}/"))


@sans_lenteur
@given(nom=st.sampled_from(SANS_ARGUMENT), requete=st.binary(max_size=60))
@example(nom="communes", requete=b"q=%FF%FE")
@example(nom="territoires", requete=b"q=%ED%A0%80&page=%C2%B2")
@example(nom="communes", requete=b"&" * 1500 + b"q=a")
def test_aucune_requete_mal_codee_ne_fait_echouer_une_page(client, nom, requete):
    """Bytes as a hostile client sends them, not as a browser writes them."""
    verifier(client.generic("GET", reverse(nom), QUERY_STRING=requete.decode("latin-1")))


def test_trop_de_parametres_est_une_demande_incomprehensible(client):
    reponse = client.get("/territoires/?" + "&".join(f"p{n}=1" for n in range(1500)))
    assert reponse.status_code == 400
    assert Page(reponse).h1 == "Demande incompréhensible"


@pytest.mark.parametrize("nom", sorted(PUBLIQUES))
@pytest.mark.parametrize("methode", ["post", "put", "patch", "delete", "options"])
def test_une_page_publique_ne_recoit_rien(client, nom, methode):
    reponse = getattr(client, methode)(PUBLIQUES[nom].exemple())
    assert reponse.status_code == 405
    assert reponse["Allow"] == "GET, HEAD"
    assert Page(reponse).h1 == "Cette page ne reçoit rien"


@pytest.mark.parametrize("nom", sorted(PUBLIQUES))
def test_une_requete_head_a_les_entetes_de_la_page(client, nom):
    adresse = PUBLIQUES[nom].exemple()
    tete, page = client.head(adresse), client.get(adresse)
    assert (tete.status_code, tete.content) == (page.status_code, b"")
    assert tete.headers.get("ETag") == page.headers.get("ETag")


@pytest.mark.parametrize("adresse", ["/territoires", "/communes", "/carte", "/mesures/ATT-1", "/communes/59183"])
def test_une_barre_oubliee_est_ajoutee(client, adresse):
    reponse = client.get(adresse)
    assert (reponse.status_code, reponse["Location"]) == (301, f"{adresse}/")


@pytest.fixture
def sans_liste():
    """The administrative map and the catalogue are there; no list has been imported yet."""
    Couverture.objects.all().delete()
    Inscription.objects.all().delete()
    Liste.objects.all().delete()


def test_sans_aucune_donnee_chaque_page_se_lit(client, base_vide):
    for nom in SANS_ARGUMENT:
        reponse = client.get(reverse(nom))
        assert reponse.status_code == 200, nom
        verifier(reponse)


def test_sans_aucune_liste_chaque_page_se_lit(client, sans_liste):
    for nom in SANS_ARGUMENT:
        for parametres in ({}, {"region": "32"}, {"q": "val", "region": "32", "tri": "-nom"}):
            reponse = client.get(reverse(nom), parametres)
            assert reponse.status_code in (200, 302), nom
            verifier(reponse)
            assert "None" not in reponse.content.decode()
    for adresse in ("/communes/59183/", "/communes/97611/", "/mesures/ATT-1/"):
        verifier(client.get(adresse))


def test_une_personne_connectee_lit_les_memes_pages(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("camille@exemple.example", "un-mot-de-passe"))
    for adresse in PUBLIQUES.values():
        # No project has the key of the example: visitors are asked to sign in, others are told.
        attendus = (404,) if adresse.nom == "projet" else (200, 302)
        assert client.get(adresse.exemple()).status_code in attendus, adresse.nom
