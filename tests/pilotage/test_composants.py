"""The components that pages share, and the tags they stand on."""

import re

import pytest
from django.core.paginator import Paginator
from django.template import Context, RequestContext, Template
from django.template.loader import render_to_string


def pagination(rf, adresse, numero, nombre=95, par_page=10):
    page = Paginator(range(nombre), par_page).page(numero)
    return render_to_string("composants/pagination.html", {"page": page}, rf.get(adresse))


def liens(html):
    return re.findall(r'href="([^"]*)"', html)


def test_une_seule_page_n_a_pas_de_pagination(rf):
    assert not pagination(rf, "/territoires/", 1, nombre=10).strip()


def test_la_pagination_garde_les_filtres_et_remplace_la_page(rf):
    html = pagination(rf, "/territoires/?q=a%26b&region=84&region=27&page=4", 4)
    assert "?q=a%26b&amp;region=84&amp;region=27&amp;page=5" in liens(html)
    assert not [lien for lien in liens(html) if lien.count("page=") != 1]


@pytest.mark.parametrize(("numero", "attendues"), [(1, {1, 2, 10}), (5, {1, 4, 5, 6, 10}), (10, {1, 9, 10})])
def test_la_pagination_montre_les_bouts_et_les_voisines(rf, numero, attendues):
    html = pagination(rf, "/territoires/", numero)
    assert {int(n) for n in re.findall(r">(\d+)</a>", html)} == attendues
    assert f'aria-current="page" title="Page {numero} sur 10">{numero}</a>' in html


def test_aux_bouts_rien_ne_mene_plus_loin(rf):
    debut, fin = pagination(rf, "/", 1), pagination(rf, "/", 10)
    assert debut.count('aria-disabled="true"') == fin.count('aria-disabled="true"') == 2
    assert "page=0" not in debut
    assert "page=11" not in fin


def test_une_requete_hostile_est_echappee(rf):
    html = pagination(rf, '/?q="><script>alert(1)</script>', 1)
    assert "<script>" not in html
    assert '"><' not in html.replace('"></a', "")


def test_repeter_rend_le_bloc_de_la_page_pret_pour_un_attribut(rf):
    page = Template(
        '{% extends "base.html" %}{% block titre %}\n  Évry « Est » "{{ nom }}"{% endblock %}'
        "{% block description %}Vu :\N{NO-BREAK SPACE}oui{% endblock %}"
    )
    html = page.render(RequestContext(rf.get("/essai/"), {"nom": "<b>"}))
    assert '<meta property="og:title" content="Évry « Est » &quot;&lt;b&gt;&quot;">' in html
    assert '<meta property="og:description" content="Vu :\N{NO-BREAK SPACE}oui">' in html


def test_un_etat_vide_dit_quoi_faire():
    contexte = {"titre": "Rien", "texte": "Essayez.", "lien_adresse": "/aide/", "lien_intitule": "Aide"}
    assert 'href="/aide/">Aide</a>' in render_to_string("composants/vide.html", contexte)
    assert "<a" not in render_to_string("composants/vide.html", {"titre": "Rien", "texte": "Essayez."})


@pytest.mark.parametrize("type_alerte", ["info", "success", "warning", "error"])
def test_une_alerte_a_un_titre_au_niveau_voulu(type_alerte):
    html = render_to_string("composants/alerte.html", {"type": type_alerte, "titre": "T", "texte": "t", "niveau": "h2"})
    assert f"fr-alert--{type_alerte}" in html
    assert '<h2 class="fr-alert__title">T</h2>' in html


def test_ce_que_disent_les_sources_se_lit_comme_nos_phrases():
    """Whatever was escaped before stays so, once."""
    gabarit = Template("{% firstof texte as source %}{{ source|typographie|urlize }} {{ texte|typographie }}")
    html = gabarit.render(Context({"texte": "« l'essai » : <b>"}))
    attendu = "«\N{NO-BREAK SPACE}l&#x27;essai\N{NO-BREAK SPACE}»\N{NO-BREAK SPACE}: &lt;b&gt;"
    assert html == f"{attendu} {attendu}"
