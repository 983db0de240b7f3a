"""The pages of text say what is true, link to what exists, and are written in good French."""

import re
from html.parser import HTMLParser

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from comptes.models import EquipeNationale
from programme.enums import FiabiliteMesure
from territoires.enums import Fiabilite
from tests.factories import UtilisateurFactory

TEXTES = ["plan_du_site", "accessibilite", "mentions_legales", "donnees_personnelles", "aide"]
A_SOI = {"/compte/"}
ESPACE_SECABLE = re.compile(r" [:;?!»%€]|« |\d (?:M€|€|%)")

pytestmark = pytest.mark.django_db


class Lecture(HTMLParser):
    """What a page holds: text, headings, links, ids, everything a strict CSP refuses."""

    def __init__(self, html):
        super().__init__()
        self.titres, self.liens, self.ids, self.metas = [], [], [], {}
        self.refuses, self.texte, self.ouvertes = [], "", []
        self.feed(html)

    def handle_starttag(self, balise, attributs):
        attributs = dict(attributs)
        if re.fullmatch("h[1-6]", balise):
            self.titres.append(int(balise[1]))
        if balise == "a" and "href" in attributs:
            self.liens.append(attributs["href"])
        if "id" in attributs:
            self.ids.append(attributs["id"])
        if balise == "meta":
            self.metas[attributs.get("name") or attributs.get("property")] = attributs.get("content")
        if balise in ("script", "style"):
            self.ouvertes.append(balise)
        self.refuses += [nom for nom in attributs if nom == "style" or nom.startswith("on")]

    def handle_endtag(self, balise):
        if balise in ("script", "style"):
            self.ouvertes.pop()

    def handle_data(self, texte):
        if not self.ouvertes:
            self.texte += texte
        elif texte.strip():
            self.refuses.append(texte)


def lire(client, nom):
    reponse = client.get(reverse(nom))
    assert reponse.status_code == 200
    return Lecture(reponse.content.decode())


@pytest.mark.parametrize("nom", TEXTES)
def test_un_texte_se_lit_sans_compte_ni_cookie(client, nom, django_assert_max_num_queries):
    with django_assert_max_num_queries(1):
        reponse = client.get(reverse(nom))
    assert reponse.status_code == 200
    assert not reponse.cookies
    assert "csrfmiddlewaretoken" not in reponse.content.decode()


@pytest.mark.parametrize("nom", TEXTES)
def test_un_texte_est_bien_construit(client, nom):
    page = lire(client, nom)
    assert page.titres.count(1) == 1
    assert all(suivant <= titre + 1 for titre, suivant in zip(page.titres, page.titres[1:], strict=False))
    assert len(page.ids) == len(set(page.ids))
    assert not page.refuses
    assert page.metas["og:title"]
    assert page.metas["og:description"] == page.metas["description"]


@pytest.mark.parametrize("nom", TEXTES)
def test_un_texte_a_les_espaces_insecables_du_francais(client, nom):
    page = lire(client, nom)
    assert len(page.texte) > 1000
    fautes = [page.texte[max(0, m.start() - 30) : m.end() + 10] for m in ESPACE_SECABLE.finditer(page.texte)]
    assert not fautes


def test_les_liens_internes_des_textes_menent_quelque_part(client):
    """Visitors follow them, but for those that lead to one's own account."""
    connecte = Client()
    connecte.force_login(UtilisateurFactory())
    pages = {reverse(nom): lire(client, nom) for nom in TEXTES}
    suivis = 0
    for page in pages.values():
        for lien in page.liens:
            chemin, _, ancre = lien.partition("#")
            if ancre and not chemin:
                assert ancre in page.ids, lien
            elif chemin in pages:
                assert not ancre or ancre in pages[chemin].ids, lien
            elif chemin.startswith("/"):
                lecteur = connecte if chemin in A_SOI else client
                assert lecteur.get(chemin).status_code == 200, lien
            suivis += 1
    assert suivis > 80


@pytest.mark.parametrize("niveau", [*Fiabilite, *FiabiliteMesure], ids=str)
def test_l_aide_explique_chaque_niveau_de_fiabilite(client, niveau):
    html = client.get(reverse("aide")).content.decode()
    assert re.search(rf"fiabilite--{niveau.value}\">{re.escape(niveau.label)}</span></dt>\s*<dd>.+</dd>", html)


def test_l_etiquette_de_fiabilite_mene_a_l_explication(client):
    etiquette = render_to_string("composants/fiabilite.html", {"code": "reconstitue", "libelle": "Reconstitué"})
    lien = Lecture(etiquette).liens[0]
    assert lien == f"{reverse('aide')}#fiabilite"
    assert "fiabilite" in lire(client, "aide").ids


def test_ce_que_l_exploitant_n_a_pas_renseigne_est_dit(client, settings):
    settings.EDITEUR = settings.HEBERGEUR = settings.DIRECTION_DE_LA_PUBLICATION = ""
    settings.COURRIEL_DE_CONTACT = ""
    assert lire(client, "mentions_legales").texte.count("Non renseigné") == 4
    assert "n'a pas encore indiqué d'adresse de contact" in lire(client, "aide").texte


def test_ce_que_l_exploitant_a_renseigne_est_affiche_et_echappe(client, settings):
    settings.EDITEUR, settings.HEBERGEUR = "Agence <A>", "Hébergeur B, 1 rue C"
    settings.DIRECTION_DE_LA_PUBLICATION = "Mme D"
    settings.COURRIEL_DE_CONTACT = "contact@exemple.fr"
    page = lire(client, "mentions_legales")
    for attendu in ("Agence <A>", "Hébergeur B, 1 rue C", "Mme D"):
        assert attendu in page.texte
    for nom in ("mentions_legales", "accessibilite", "donnees_personnelles", "aide"):
        assert "mailto:contact@exemple.fr" in lire(client, nom).liens


def test_les_cookies_annonces_sont_ceux_du_portail(client, settings):
    texte = lire(client, "donnees_personnelles").texte
    assert settings.SESSION_COOKIE_NAME in texte
    assert settings.CSRF_COOKIE_NAME in texte
    assert f"{settings.SESSION_COOKIE_AGE // 3600}\N{NO-BREAK SPACE}heures" in texte
    assert settings.MFA_TRUST_COOKIE_NAME in texte
    assert settings.MFA_TRUST_COOKIE_AGE.days == 30
    assert settings.CSRF_COOKIE_AGE == 52 * 7 * 24 * 3600  # « 1 an »


def test_l_accessibilite_annoncee_est_la_meme_partout(client):
    page = lire(client, "accessibilite")
    assert "non conforme" in page.texte
    assert "Accessibilité\N{NO-BREAK SPACE}: non conforme" in lire(client, "aide").texte


def test_le_cadre_ne_montre_l_administration_qu_a_qui_y_entre(client, django_user_model):
    personne = django_user_model.objects.create_user("personne@exemple.fr", "mot-de-passe-long", prenom="Zoé <b>")
    client.force_login(personne)
    html = client.get(reverse("aide")).content.decode()
    assert "Zoé &lt;b&gt;" in html
    assert "csrfmiddlewaretoken" in html
    assert reverse("admin:index") not in html
    EquipeNationale.objects.create(personne=personne, qualite="auditeur")
    assert reverse("admin:index") in client.get(reverse("aide")).content.decode()


def test_les_adresses_absolues_sont_celles_du_site(client, settings):
    settings.ADRESSE_DU_SITE = "https://portail.exemple.fr"
    page = lire(client, "aide")
    assert page.metas["og:url"] == "https://portail.exemple.fr/aide/"
    assert page.metas["og:image"].startswith("https://portail.exemple.fr/static/img/partage")
    assert page.metas["og:title"] == "Aide"


def test_aucune_licence_n_est_affirmee_sans_avoir_ete_verifiee(client):
    html = client.get(reverse("mentions_legales")).content.decode()
    licences = [ligne[-1] for ligne in re.findall(r"<tr><td>(.*?)</td><td>(.*?)</td><td>(.*?)</td></tr>", html)]
    assert len(licences) == 9
    anct = next(ligne for ligne in html.splitlines() if "<td>ANCT" in ligne)
    assert "Non vérifiée ici" in anct
    for adresse in ("accueil", "mentions_legales"):
        assert "Sauf mention contraire" not in client.get(reverse(adresse)).content.decode()
