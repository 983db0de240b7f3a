"""Templates parse, leave none of their syntax in pages, and hold no code that the CSP would refuse."""

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates, get_default_renderer
from django.template import Context, Origin, Template, engines
from django.template.loader import get_template
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from tests.maison.test_urls import PUBLIQUES
from tests.outils.adresses import adresses
from tests.outils.gabarits import GABARITS
from tests.outils.html import code_en_ligne, espaces_secables, fuites_de_gabarit

FICHIERS = sorted(str(chemin.relative_to(GABARITS)) for chemin in GABARITS.rglob("*.*"))


def rendre(texte, nom, **contexte):
    """Render a template as if it were in the file `nom`."""
    gabarit = Template(texte, origin=Origin(str(nom), str(nom)), engine=engines["django"].engine)
    return gabarit.render(Context(contexte))


# Messages have no static files to take a style sheet from, nor a policy that refuses one.
AVEC_FEUILLE_DE_STYLE = "courriels/_base.html"


@pytest.mark.parametrize("nom", FICHIERS)
def test_le_gabarit_est_valide_et_sans_code_en_ligne(nom):
    get_template(nom)
    fautes = code_en_ligne((GABARITS / nom).read_text())
    if nom == AVEC_FEUILLE_DE_STYLE:
        assert len(fautes) == 1
        assert "feuille de style" in fautes[0]
    else:
        assert fautes == []


@pytest.mark.parametrize("nom", FICHIERS)
def test_aucun_signe_double_ne_commence_une_ligne(nom):
    assert espaces_secables((GABARITS / nom).read_text()) == []


@pytest.mark.parametrize(
    "texte", ["Oui : non", "« a\N{NO-BREAK SPACE}»", "<b>Oui</b> ?", "{{ n }} %", "{% if a %}x{% endif %} ;"]
)
def test_un_espace_qui_se_coupe_est_signale(texte):
    assert espaces_secables(texte)
    assert not espaces_secables(texte.replace(" ", "\N{NO-BREAK SPACE}"))


def test_il_y_a_des_gabarits():
    assert len(FICHIERS) > 15


def test_les_pages_publiques_sont_propres(client, reference):
    fautes, lues = [], 0
    for adresse in adresses():
        if adresse.nom not in PUBLIQUES:
            continue
        reponse = client.get(adresse.exemple())
        if reponse["Content-Type"].startswith("text/html"):
            lues += 1
            html = reponse.content.decode()
            fautes += [f"{adresse.nom} : {faute}" for faute in [*fuites_de_gabarit(html), *code_en_ligne(html)]]
    assert not fautes, "\n".join(fautes)
    assert lues >= 12


@pytest.mark.parametrize("statut", [400, 403, 404, 405, 500])
def test_les_pages_d_erreur_sont_propres(statut, rf):
    html = get_template(f"{statut}.html").render({}, rf.get("/absente/"))
    assert fuites_de_gabarit(html) == code_en_ligne(html) == []


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        '<script type="module">x()</script>',
        '<p style="color: red">',
        '<img src="x" onerror="x()"/>',
        '<a href="javascript:x()">',
        "<style>p { color: red }</style>",
    ],
)
def test_le_code_en_ligne_est_signale(html):
    assert code_en_ligne(html)


def test_les_fichiers_et_les_donnees_sont_permis():
    html = '<script src="/static/x.js" defer></script><script id="d" type="application/json">[]</script>'
    assert code_en_ligne(html) == []


@pytest.mark.parametrize("html", ["<p>{{ nom }}</p>", "<p>{% if x %}</p>", "{# note #}", "x }}"])
def test_une_fuite_de_gabarit_est_signalee(html):
    assert fuites_de_gabarit(html)


@pytest.mark.parametrize("texte", ["{{ absente }}", "{{ objet.absent }}", "{{ absente|default:'x' }}"])
def test_une_variable_non_definie_fait_echouer_dans_nos_gabarits(texte):
    with pytest.raises(AssertionError, match="Variable non définie"):
        rendre(texte, GABARITS / "page.html", objet={})


def test_une_variable_non_definie_est_toleree_ailleurs_et_dans_les_conditions(tmp_path):
    assert rendre("[{{ absente }}{{ absente|default:'x' }}]", tmp_path / "page.html") == "[x]"
    assert rendre("{% if absente %}a{% else %}b{% endif %}", GABARITS / "page.html") == "b"


@pytest.mark.parametrize("nom", ["composants/lien.html", "pilotage/_ligne.html"])
def test_un_parametre_facultatif_de_fragment_a_une_valeur_par_defaut(nom):
    assert rendre("{{ absente|default:'x' }}", GABARITS / nom) == "x"
    for texte in ("{{ absente }}", "{{ objet.absent|default:'x' }}"):
        with pytest.raises(AssertionError, match="Variable non définie"):
            rendre(texte, GABARITS / nom, objet={})


def test_le_gabarit_en_cause_est_celui_qui_ecrit_la_variable(tmp_path):
    """Not the one it extends: ours extend those of packages."""
    parent = Template(
        "{% block corps %}{% endblock %}{{ absente }}",
        origin=Origin(str(tmp_path / "parent.html"), "parent.html"),
        engine=engines["django"].engine,
    )
    assert rendre("{% extends parent %}", GABARITS / "page.html", parent=parent) == ""
    with pytest.raises(AssertionError, match=r"page\.html"):
        rendre(
            "{% extends parent %}{% block corps %}{{ absente }}{% endblock %}",
            GABARITS / "page.html",
            parent=parent,
        )


@pytest.mark.parametrize("genre", [forms.Select, forms.SelectMultiple])
def test_une_liste_a_choisir_s_ecrit_comme_celle_de_django_a_la_lettre(genre):
    choix = [
        ("", "---------"),
        ("<a>", "L'été & « l'hiver » <b>"),
        (1234, 1234),
        (None, mark_safe("<i>sûr</i>")),
        ('"groupe" & <c>', [(mark_safe("&amp;"), gettext_lazy("Yes")), (True, 1.5)]),
        ("vide", []),
    ]
    liste = genre(attrs={"id": "l", "class": 'a"b', "required": True, "disabled": False})
    liste.choices = [*choix, *liste.choices]
    for valeur in (None, "", "<a>", ["<a>", "1234"], 1234, True):
        ecrite = liste.render("nom", valeur, renderer=get_default_renderer())
        assert ecrite == liste.render("nom", valeur, renderer=DjangoTemplates())
        assert ecrite.count("<option") >= 6


@pytest.mark.parametrize("genre", [forms.TextInput, forms.NumberInput, forms.Textarea, forms.CheckboxInput])
def test_une_saisie_s_ecrit_comme_celle_de_django_a_la_lettre(genre):
    saisie = genre(attrs={"id": "s", "title": 'L\'été "&" <b>', "required": True, "disabled": False, "maxlength": 1200})
    for valeur in (None, "", "<a>", 1.5, True):
        assert saisie.render("nom", valeur, renderer=get_default_renderer()) == saisie.render(
            "nom", valeur, renderer=DjangoTemplates()
        )


def test_une_option_garde_ses_attributs():
    class Avec(forms.Select):
        def create_option(self, *args, **kwargs):
            option = super().create_option(*args, **kwargs)
            option["attrs"] |= {"data-x": '<"&>', "hidden": True, "lang": False}
            return option

    liste = Avec(choices=[("a", "b")])
    ecrite = liste.render("nom", "a", renderer=get_default_renderer())
    assert ecrite == liste.render("nom", "a", renderer=DjangoTemplates())
    assert 'data-x="&lt;&quot;&amp;&gt;" hidden' in ecrite
