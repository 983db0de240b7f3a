"""The list of territories: filters, sorts, pages and counts, kept by the address; and the map."""

import re

import pytest

from territoires.models import Inscription, Liste
from tests import factories as f
from tests.pilotage.lecture import Page, ouvrir

pytestmark = pytest.mark.django_db

ABSURDES = [
    {"region": "ZZ"},
    {"region": ["32", "ZZ"]},
    {"departement": "'; DROP TABLE--"},
    {"fiabilite": "certain"},
    {"tri": "--nom"},
    {"q": "a" * 10_000},
    {"q": "\x00"},
    {"region": "\x00"},
    {"departement": "\x00", "fiabilite": "\x00", "tri": "\x00"},
]


def noms(page):
    """Return the names of the table, as shown."""
    return [ligne[0].rpartition(" ")[0] for ligne in page.lignes[1:]]


def test_la_liste_en_vigueur_s_affiche_par_nom_cinquante_par_page(client):
    page = ouvrir(client, "/territoires/")
    assert page.h1 == "Les territoires"
    assert "Périmètre final de la phase 1 (décembre 2022)" in page.mots
    assert "149 territoires" in page.mots
    assert len(noms(page)) == 50
    assert noms(page)[:2] == ["Aix-Marseille-Provence", "Ajaccio"]


def test_les_pages_se_suivent_sans_perte_ni_doublon(client):
    vus = [nom for numero in (1, 2, 3) for nom in noms(ouvrir(client, "/territoires/", page=numero, tri="-region"))]
    assert len(vus) == len(set(vus)) == 149


@pytest.mark.parametrize(
    "numero", ["0", "4", "-1", "1.5", "deux", "", "٣٣", "0000001" + "9" * 5000, "²", "00000000019"]
)
def test_une_page_qui_n_existe_pas_n_existe_pas(client, numero):
    page = ouvrir(client, "/territoires/", statut=404, page=numero)
    assert 'name="q"' in page.html


def test_une_ligne_dit_l_essentiel(client):
    (ligne,) = ouvrir(client, "/territoires/", q="dunkerque").lignes[1:]
    nom, region, communes, population, superficie, departements, fiabilite = ligne
    assert (nom, region, departements) == ("Dunkerque ti-3208", "Hauts-de-France", "59")
    assert int(communes) > 10
    assert re.fullmatch(r"\d{3} \d{3}", population)
    assert int(superficie) > 200
    assert fiabilite == "Officiel"


def test_la_liste_de_l_annonce_se_choisit(client):
    page = ouvrir(client, "/territoires/", liste="2018-11-22", fiabilite="reconstitue")
    assert "48 territoires" in page.mots
    assert {ligne[-1] for ligne in page.lignes[1:]} == {"Reconstitué"}
    assert page.champs["choisis"] == ["Liste de l'annonce", "Reconstitué"]


def test_les_filtres_actifs_se_retirent_un_a_un_ou_tous(client):
    page = ouvrir(client, "/territoires/", liste="2018-11-22", q="val", region="44", tri="-nom", page="1")
    assert page.liens["Nom ou code : val"] == "?liste=2018-11-22&region=44&tri=-nom"
    assert page.liens["Région : Grand Est"] == "?liste=2018-11-22&q=val&tri=-nom"
    assert page.liens["Tout effacer"] == "/territoires/?liste=2018-11-22"
    assert page.champs["q"] == "val"
    assert page.champs["choisis"] == ["Liste de l'annonce", "Grand Est"]
    assert "Tout effacer" not in ouvrir(client, "/territoires/").liens


def test_trier_garde_les_filtres_et_revient_a_la_premiere_page(client):
    page = ouvrir(client, "/territoires/", liste="2022-12-31", page="2", tri="population")
    assert page.liens["Population▲"] == "?liste=2022-12-31&tri=-population"
    assert page.liens["Communes"] == "?liste=2022-12-31&tri=communes"
    assert page.html.count("aria-sort=") == 1
    assert 'aria-sort="ascending"' in page.html
    inverse = ouvrir(client, "/territoires/", tri="-population")
    assert inverse.liens["Population▼"] == "?tri=population"
    assert noms(inverse)[0] == "Axe Seine"


def test_sans_tri_demande_la_colonne_du_nom_est_dite_triee(client):
    page = ouvrir(client, "/territoires/")
    assert page.liens["Territoire▲"] == "?tri=-nom"


def test_la_pagination_garde_les_filtres(client):
    page = ouvrir(client, "/territoires/", tri="-communes", liste="2022-12-31")
    suivante = page.liens["Page suivante"].replace("&amp;", "&")
    assert suivante == "?tri=-communes&liste=2022-12-31&page=2#tableau"
    assert "tableau" in page.ids


def test_aucun_resultat_dit_pourquoi_et_quoi_faire(client):
    page = ouvrir(client, "/territoires/", q="atlantide")
    assert "0 territoire" in page.mots
    assert "Aucun territoire ne correspond à ces filtres" in page.mots
    assert page.liens["Chercher ma commune"] == "/communes/"
    assert page.lignes == []


@pytest.mark.parametrize("parametres", ABSURDES)
def test_un_filtre_absurde_est_explique(client, parametres):
    page = ouvrir(client, "/territoires/", **parametres)
    assert "Cette recherche n'est pas comprise" in page.mots
    assert "/territoires/" in page.liens.values()
    assert "0 territoire" in page.mots
    assert len(page.html) < 200_000


def test_ce_qui_est_cherche_est_echappe(client):
    page = ouvrir(client, "/territoires/", q='"><script>alert(1)</script>')
    assert "<script>alert" not in page.html
    assert page.champs["q"] == '"><script>alert(1)</script>'


def test_un_parametre_inconnu_ne_change_rien(client):
    assert "149 territoires" in ouvrir(client, "/territoires/", utm_source="lettre").mots


@pytest.mark.parametrize("adresse", ["/territoires/", "/carte/", "/"])
def test_une_liste_inconnue_n_existe_pas(client, adresse):
    for slug in ("2050", "\x00", "a" * 5000):
        ouvrir(client, adresse, statut=404, liste=slug)


def test_une_inscription_pas_encore_calculee_s_affiche_sans_chiffre(client):
    """The members of a list may be typed before its perimeters are computed."""
    inscription = f.InscriptionFactory()
    page = ouvrir(client, "/territoires/", liste=inscription.liste.slug)
    (ligne,) = page.lignes[1:]
    assert ligne[2:6] == ["", "", "", ""]
    assert inscription.nom in ligne[0]


def test_un_seul_territoire_s_accorde_au_singulier(client):
    perimetre = f.PerimetreFactory()
    assert "1 territoire " in ouvrir(client, "/territoires/", liste=perimetre.inscription.liste.slug).mots + " "


def test_une_liste_vide_le_dit(client):
    page = ouvrir(client, "/territoires/", liste=f.ListeFactory().slug)
    assert "Aucun territoire dans cette liste" in page.mots


@pytest.mark.parametrize("adresse", ["/territoires/", "/carte/"])
def test_sans_aucune_liste_la_page_le_dit(client, base_vide, adresse):
    page = ouvrir(client, adresse)
    assert "ucun" in page.mots
    assert "None" not in page.mots
    assert "liste=&" not in page.html
    assert "liste=None" not in page.html


# --- The map --------------------------------------------------------------------------------------------------


def liens_de_la_carte(page):
    return re.findall(r'<a href="/territoires/([\w-]+)/"><title>', page.html)


@pytest.mark.parametrize(("slug", "nombre"), [("2018-11-22", 124), ("2022-12-31", 149)])
def test_la_carte_et_son_tableau_disent_la_meme_chose(client, slug, nombre):
    page = ouvrir(client, "/carte/", liste=slug)
    liens = liens_de_la_carte(page)
    assert len(liens) == len(set(liens)) == nombre == len(page.lignes) - 1
    assert {f"/territoires/{lien}/" for lien in liens} <= set(page.liens.values())


def test_la_carte_pese_moins_de_200_ko_comprimee(client):
    for adresse in ("/carte/", "/carte/?liste=2018-11-22", "/carte/?region=76", "/"):
        reponse = client.get(adresse, headers={"accept-encoding": "gzip"})
        assert reponse["Content-Encoding"] == "gzip"
        assert len(reponse.content) < 200_000, adresse


def test_une_region_montre_ses_territoires_et_ceux_qui_debordent_chez_elle(client):
    page = ouvrir(client, "/carte/", region="28", liste="2022-12-31")
    assert page.h1 == "Normandie : carte des territoires"
    liens = liens_de_la_carte(page)
    # Led by the Pays de la Loire, partly in Normandy.
    assert "vallee-de-lhuisne" in liens
    assert "dunkerque" not in liens
    assert len(liens) == len(set(liens)) == len(page.lignes) - 1
    assert page.liens["Toute la France"] == "?liste=2022-12-31"
    # Another list of the same region.
    assert page.liens["Liste de l'annonce"] == "?liste=2018-11-22&region=28"


def test_chaque_region_a_sa_carte(client):
    page = ouvrir(client, "/carte/")
    regions = [adresse for adresse in page.liens.values() if "&region=" in adresse]
    assert len(regions) == 18
    for adresse in regions:
        assert ouvrir(client, f"/carte/{adresse}").h1.endswith(": carte des territoires")


def test_une_region_sans_territoire_le_dit(client):
    page = ouvrir(client, "/carte/", region="06")
    assert "Aucun territoire ici" in page.mots
    assert "carte__fond" in page.html


@pytest.mark.parametrize("region", ["ZZ", "999", "\x00", "'", "3 2", "a" * 5000])
def test_une_region_inconnue_n_existe_pas(client, region):
    page = ouvrir(client, "/carte/", statut=404, region=region)
    assert page.h1 == "Page introuvable"


def test_les_regions_se_lisent_dans_l_ordre_alphabetique_francais(client):
    page = Page(client.get("/carte/"))
    regions = [nom for nom, adresse in page.liens.items() if "&region=" in adresse]
    assert regions[:3] == ["Auvergne-Rhône-Alpes", "Bourgogne-Franche-Comté", "Bretagne"]
    assert regions.index("Île-de-France") < regions.index("La Réunion")


def test_la_liste_en_vigueur_est_celle_de_la_carte(client):
    assert len(liens_de_la_carte(ouvrir(client, "/carte/"))) == 149
    assert Liste.objects.count() == 2
    assert Inscription.objects.count() == 273
