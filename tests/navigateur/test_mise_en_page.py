"""Nothing overflows, at any width; nothing is written over anything else."""

from tests.navigateur.pages import LE_PLUS_LONG, pages_publiques

# 320: the narrowest of WCAG 1.4.10; 640: a screen of 1280 at 200 %.
LARGEURS = [320, 375, 640, 1280]


def debordements(page):
    """Return what is wider than the screen, and by how much; tables that scroll by themselves are fine."""
    return page.evaluate(
        """() => {
            const large = document.documentElement.scrollWidth - document.documentElement.clientWidth;
            if (large <= 0) return [];
            const droite = document.documentElement.clientWidth;
            return [...document.querySelectorAll('body *')]
                .filter(e => e.getBoundingClientRect().right > droite + 1)
                .map(e => `${e.tagName.toLowerCase()}.${e.getAttribute('class') || ''} (+${large} px)`)
                .slice(0, 5)
                .concat(`largeur +${large}`);
        }"""
    )


def test_aucune_page_ne_deborde(ouvrir):
    page, fautes = ouvrir("/"), []
    for chemin in pages_publiques():
        page.goto(chemin)
        for largeur in LARGEURS:
            page.set_viewport_size({"width": largeur, "height": 900})
            if trouves := debordements(page):
                fautes.append(f"{chemin[:80]}, {largeur} px : {trouves}")
    assert not fautes, "\n".join(fautes)


def test_aucune_page_ne_deborde_sans_javascript(ouvrir):
    largeur = 320
    page = ouvrir("/", largeur=largeur, javascript=False)
    for chemin in ("/", "/territoires/", LE_PLUS_LONG, "/communes/?q=saint-denis", "/carte/", "/aide/"):
        page.goto(chemin)
        # Scripts of the page do not run; those of the test do not either.
        boite = page.locator("main").bounding_box()
        assert boite["x"] >= 0
        assert boite["width"] <= largeur


def test_un_texte_deux_fois_plus_grand_reste_lisible(ouvrir):
    """WCAG 1.4.4: the reader's own size of letters, not a zoom."""
    page = ouvrir("/")
    for chemin in ("/", "/territoires/", "/communes/59183/", "/financements/"):
        page.goto(chemin)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert not debordements(page), chemin


def test_les_espacements_du_lecteur_ne_coupent_rien(ouvrir):
    """WCAG 1.4.12: line height 1.5, letters 0.12 em, words 0.16 em."""
    page = ouvrir("/", largeur=375)
    for chemin in ("/", LE_PLUS_LONG, "/communes/75056/"):
        page.goto(chemin)
        page.evaluate(
            """() => document.querySelectorAll('body *').forEach(e => {
                e.style.lineHeight = '1.5'; e.style.letterSpacing = '0.12em'; e.style.wordSpacing = '0.16em';
            })"""
        )
        assert not debordements(page), chemin


def test_les_boutons_et_les_liens_d_un_telephone_se_touchent_sans_se_gener(ouvrir):
    """WCAG 2.5.8: 24 CSS pixels, but for links in a sentence."""
    page = ouvrir("/territoires/", largeur=375)
    petits = page.evaluate(
        """() => [...document.querySelectorAll('main button, main .fr-btn, main select, main input, main .fr-tag')]
            .filter(e => e.offsetParent && e.getBoundingClientRect().height < 24)
            .map(e => e.outerHTML.slice(0, 100))"""
    )
    assert not petits


COULEURS = """() => Object.fromEntries([...document.querySelectorAll("main .fiabilite")].map((e) => [
  [...e.classList].find((nom) => nom.startsWith("fiabilite--")),
  [getComputedStyle(e).backgroundColor, getComputedStyle(e).color].join()]))"""


def test_une_etiquette_de_fiabilite_a_la_couleur_que_l_aide_explique(ouvrir):
    page = ouvrir("/aide/")
    legende = page.evaluate(COULEURS)
    assert len(legende) == 8
    assert len(set(legende.values())) == 4
    vues = {}
    for adresse in ("/mesures/", "/territoires/?liste=2018-11-22", "/territoires/"):
        page.goto(adresse)
        vues |= page.evaluate(COULEURS)
    assert vues.items() <= legende.items()
    assert len(vues) >= 7
