"""What visitors do, by keyboard, with and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from territoires.recherche import LONGUEUR_AMORCE
from tests.factories import MOT_DE_PASSE, UtilisateurFactory


def nom_du_focus(page):
    return page.evaluate("(document.activeElement.textContent || document.activeElement.id).trim()")


def tabuler_jusqu_a(page, condition, maximum=60):
    """Press Tab until the focused element matches `condition` (JavaScript on `e`). Return how many times."""
    for fois in range(1, maximum + 1):
        page.keyboard.press("Tab")
        if page.evaluate(f"(e => {condition})(document.activeElement)"):
            return fois
    raise AssertionError(f"Rien de tel en {maximum} tabulations : {condition}")


def test_la_recherche_est_le_premier_element_du_contenu(page):
    """ECRANS: « large, first in tab order »."""
    page.keyboard.press("Tab")
    assert nom_du_focus(page) == "Contenu"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "commune"


def test_on_trouve_sa_commune_au_clavier(page):
    tabuler_jusqu_a(page, "e.id === 'commune'")
    page.keyboard.type("dunk")
    champ, premiere = page.locator("#commune"), page.get_by_role("option").first
    premiere.wait_for()
    expect(champ).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(premiere).to_have_attribute("aria-selected", "true")
    expect(champ).to_have_attribute("aria-activedescendant", premiere.get_attribute("id"))
    assert premiere.inner_text().startswith("Dunkerque")
    page.keyboard.press("Enter")
    page.wait_for_url("**/communes/59183/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Dunkerque")


def test_entree_sans_choisir_envoie_ce_qui_est_ecrit(page):
    page.get_by_label("Votre commune").fill("saint-denis")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/communes/\?q=saint-denis"))
    expect(page.get_by_role("heading", level=2).first).to_contain_text("8 communes")


def test_echap_ferme_les_propositions_et_garde_le_texte(page):
    champ = page.get_by_label("Votre commune")
    champ.fill("dunk")
    liste = page.get_by_role("listbox")
    liste.wait_for()
    page.keyboard.press("Escape")
    expect(liste).to_be_hidden()
    expect(champ).to_have_attribute("aria-expanded", "false")
    expect(champ).to_have_value("dunk")
    expect(champ).to_be_focused()


def test_les_fleches_font_le_tour_des_propositions(page):
    champ = page.get_by_label("Votre commune")
    champ.fill("dunk")
    page.get_by_role("option").first.wait_for()
    nombre = page.get_by_role("option").count()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("option").last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(champ).not_to_have_attribute("aria-activedescendant", re.compile("."))
    for _ in range(nombre):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").last).to_have_attribute("aria-selected", "true")
    expect(page.locator("[aria-selected=true]")).to_have_count(1)


def test_le_nombre_de_propositions_est_annonce(page):
    champ = page.get_by_label("Votre commune")
    champ.fill("dunk")
    page.get_by_role("option").first.wait_for()
    annonce = page.locator(".recherche-commune [role=status]")
    assert re.match(r"\d+ propositions?, flèche bas pour parcourir la liste", annonce.text_content())
    champ.fill("zzzz")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_rien_n_est_demande_avant_que_le_serveur_sache_repondre(page):
    """It answers beginnings of three letters: two would bring nothing, at each visit."""
    demandes = []
    page.on("request", lambda requete: "suggestions" in requete.url and demandes.append(requete.url))
    champ = page.get_by_label("Votre commune")
    assert champ.evaluate("e => e.form.dataset.lettres") == str(LONGUEUR_AMORCE) == "3"
    champ.press_sequentially("dun")
    page.get_by_role("option").first.wait_for()
    champ.fill("du")
    expect(page.get_by_role("listbox")).to_be_hidden()
    champ.fill("dunk")
    page.get_by_role("option").first.wait_for()
    assert [adresse.partition("=")[2] for adresse in demandes] == ["dun", "dunk"]


def test_une_proposition_se_clique(page):
    page.get_by_label("Votre commune").fill("chatellera")
    page.get_by_role("option").first.click()
    page.wait_for_url("**/communes/86066/")


def test_le_lien_d_evitement_mene_au_contenu_et_au_pied(page):
    for lien, cible in (("Contenu", "contenu"), ("Pied de page", "pied")):
        page.goto("/aide/")
        tabuler_jusqu_a(page, f"e.textContent.trim() === '{lien}'", maximum=4)
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == cible


def test_on_filtre_et_on_trie_les_territoires_au_clavier(ouvrir):
    page = ouvrir("/territoires/")
    tabuler_jusqu_a(page, "e.id === 'q'")
    page.keyboard.type("val")
    tabuler_jusqu_a(page, "e.id === 'region'")
    page.keyboard.type("Grand Est")
    tabuler_jusqu_a(page, "e.textContent.trim() === 'Filtrer' && e.tagName === 'BUTTON'")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"q=val.*region=44"))
    compte = page.locator("main p[role=status]").inner_text()
    assert int(compte.split()[0]) == page.locator("#tableau tbody tr").count() > 0
    tabuler_jusqu_a(page, "e.textContent.trim().startsWith('Population')")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"q=val.*tri=population"))
    expect(page.locator("th[aria-sort]")).to_contain_text("Population")
    page.go_back()
    page.get_by_role("link", name="Retirer ce filtre : Nom ou code : val").or_(
        page.get_by_role("link", name="Nom ou code : val")
    ).first.press("Enter")
    page.wait_for_url(lambda adresse: "q=val" not in adresse)
    expect(page.locator("#region")).to_have_value("44")


def test_la_carte_nomme_le_territoire_qui_a_le_focus_et_y_mene(ouvrir):
    page = ouvrir("/carte/")
    lien = page.locator('svg a[href="/territoires/dunkerque/"]')
    lien.focus()
    expect(page.locator("[data-carte-nom]")).to_have_text("Dunkerque")
    contour = lien.locator("path").evaluate("e => getComputedStyle(e).strokeWidth")
    page.keyboard.press("Enter")
    page.wait_for_url("**/territoires/dunkerque/")
    assert contour


def test_la_carte_nomme_le_territoire_sous_le_pointeur(ouvrir):
    page = ouvrir("/carte/")
    page.locator('svg a[href="/territoires/dunkerque/"] path').hover()
    expect(page.locator("[data-carte-nom]")).to_have_text("Dunkerque")


def test_on_peut_passer_la_carte(ouvrir):
    """149 links otherwise stand between the keyboard and the table."""
    page = ouvrir("/carte/")
    page.get_by_role("link", name="Passer la carte et lire le tableau").press("Enter")
    fois = tabuler_jusqu_a(page, "e.closest('#tableau') !== null", maximum=5)
    assert fois <= 2


def test_le_menu_d_un_telephone_s_ouvre_se_ferme_et_navigue(ouvrir):
    page = ouvrir("/", largeur=375)
    bouton = page.get_by_role("button", name="Menu", exact=True)
    bouton.click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Mesures", exact=True).first).to_be_hidden()
    bouton.click()
    page.locator("#menu").get_by_role("link", name="Mesures").click()
    page.wait_for_url("**/mesures/")


def test_une_personne_se_connecte_et_revient_d_ou_elle_venait(ouvrir):
    personne = UtilisateurFactory()
    page = ouvrir("/mesures/")
    page.get_by_role("link", name="Se connecter").first.click()
    page.get_by_label("Adresse électronique").fill(personne.email)
    page.get_by_label("Mot de passe", exact=True).fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/mesures/")
    expect(page.get_by_text(str(personne)).first).to_be_attached()


# --- Without JavaScript ---------------------------------------------------------------------------------------


@pytest.fixture
def sans_javascript(ouvrir):
    return ouvrir("/", javascript=False)


def test_la_recherche_marche_sans_javascript(sans_javascript):
    page = sans_javascript
    page.get_by_label("Votre commune").fill("dunkerque")
    page.keyboard.press("Enter")
    page.wait_for_url("**/communes/59183/")
    expect(page.get_by_text("Oui, Dunkerque est dans un Territoire d'industrie")).to_be_visible()


def test_les_filtres_et_la_pagination_marchent_sans_javascript(sans_javascript):
    page = sans_javascript
    page.goto("/territoires/")
    page.get_by_label("Région", exact=True).select_option("84")
    page.get_by_role("button", name="Filtrer").click()
    page.wait_for_url(re.compile("region=84"))
    assert page.locator("#tableau tbody tr").count() > 5
    page.goto("/territoires/")
    page.get_by_role("link", name="Page suivante").click()
    page.wait_for_url(re.compile("page=2"))


def test_la_carte_et_le_menu_marchent_sans_javascript(ouvrir):
    page = ouvrir("/carte/", javascript=False, largeur=375)
    page.locator('svg a[href="/territoires/dunkerque/"] path').click()
    page.wait_for_url("**/territoires/dunkerque/")
    expect(page.locator("details.communes summary")).to_be_visible()
    page.locator("#navigation").get_by_role("link", name="Mesures").click()
    page.wait_for_url("**/mesures/")


def test_le_fil_d_ariane_se_lit_sans_javascript(ouvrir):
    page = ouvrir("/mesures/ATT-1/", javascript=False, largeur=375)
    page.locator(".fr-breadcrumb").get_by_role("link", name="Mesures").click()
    page.wait_for_url("**/mesures/")
