"""What every template may use, beyond Django's own: wired in `TEMPLATES`, costs no query."""

import re
from html import escape

from django import template
from django.conf import settings
from django.template.base import render_value_in_context
from django.template.loader_tags import BlockNode
from django.utils.html import conditional_escape
from django.utils.http import urlencode
from django.utils.safestring import mark_safe

from tableurs.typographie import typographier

register = template.Library()

# Of what people type and sources say: « : » never begins a line. Our own sentences are written so.
register.filter("typographie", typographier, is_safe=True)

# Not `\s`, which would take away non-breaking spaces.
_BLANCS = re.compile(r"[ \t\r\n]+")


def site(request):
    """Context processor: the public address of the site, for the absolute links of Open Graph and `canonical`.

    `demonstration`: projects and accounts are invented, and every page says so; only in development are there any.
    """
    return {"adresse_du_site": settings.ADRESSE_DU_SITE, "demonstration": settings.DEVELOPPEMENT}


class UneFoisNode(template.Node):
    """Text that doesn't depend on the context: rendered by the first page, kept by the process."""

    def __init__(self, nodelist):
        self.nodelist = nodelist
        self.texte = None

    def render(self, context):
        if self.texte is None:
            vide = template.Context()
            with vide.bind_template(context.template):
                self.texte = self.nodelist.render(vide)
        return self.texte


@register.tag
def une_fois(parser, token):
    """`{% une_fois %}…{% endune_fois %}`: addresses of pages and static files take most of the time of the frame."""
    nodelist = parser.parse(("endune_fois",))
    parser.delete_first_token()
    for node in nodelist.get_nodes_by_type((BlockNode, template.base.VariableNode)):
        raise template.TemplateSyntaxError(f"« {node.token.contents} » dépend de la page : il ne va pas dans une_fois.")
    return UneFoisNode(nodelist)


@register.simple_tag(takes_context=True)
def repeter(context, bloc):
    """`{% repeter "titre" %}`: the text of a block of this page once more, fit for an attribute.

    A template may write a block only once, and the title and description stand twice in a page's head.
    """
    texte = BlockNode(bloc, template.base.NodeList()).render(context)
    # Already escaped as text by the block itself; a quotation mark would still end the attribute.
    return mark_safe(_BLANCS.sub(" ", texte).strip(" ").replace('"', "&quot;"))  # noqa: S308


@register.simple_tag(takes_context=True)
def requete_sans(context, *parametres):
    """`{% requete_sans "page" as requete %}`: the query string without them, ready for `{{ requete }}page=2`."""
    valeurs = [(cle, liste) for cle, liste in context["request"].GET.lists() if cle not in parametres]
    return f"?{urlencode(valeurs, doseq=True)}&" if valeurs else "?"


@register.simple_tag(takes_context=True)
def options(context, groupes):
    """`{% options widget.optgroups %}`: those of a select, to the letter as Django's template writes them.

    It reads two others for each, and a list has hundreds: territories, départements, measures.
    """
    lignes = []
    for titre, choix, _ in groupes:
        if titre:
            lignes.append(f'\n  <optgroup label="{_mots(titre, context)}">')
        for option in choix:
            valeur, mots = _texte(option["value"]), _mots(option["label"], context)
            lignes.append(f'\n  <option value="{valeur}"{_attributs(option["attrs"])}>{mots}</option>\n')
        if titre:
            lignes.append("\n  </optgroup>")
    return mark_safe("".join(lignes))  # noqa: S308 - each part is escaped


def _mots(valeur, context):
    # Nearly all are mere texts, which have nothing to be localised.
    return escape(valeur) if type(valeur) is str else render_value_in_context(valeur, context)


def _texte(valeur):
    return escape(valeur) if type(valeur) is str else conditional_escape(str(valeur))


@register.simple_tag
def attributs(valeurs):
    """`{% attributs widget.attrs %}`: those of a widget, to the letter as Django's template writes them."""
    return mark_safe(_attributs(valeurs))  # noqa: S308 - each part is escaped


def _attributs(valeurs):
    return "".join(
        f" {conditional_escape(nom)}" + ("" if valeur is True else f'="{_texte(valeur)}"')
        for nom, valeur in valeurs.items()
        if valeur is not False
    )
