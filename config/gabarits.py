"""What every template may use, beyond Django's own: wired in `TEMPLATES`, costs no query."""

from django import template
from django.conf import settings
from django.template.loader_tags import BlockNode
from django.utils.http import urlencode
from django.utils.safestring import mark_safe

register = template.Library()


def site(request):
    """Context processor: the public address of the site, for the absolute links of Open Graph and `canonical`."""
    return {"adresse_du_site": settings.ADRESSE_DU_SITE}


@register.simple_tag(takes_context=True)
def repeter(context, bloc):
    """`{% repeter "titre" %}`: the text of a block of this page once more, fit for an attribute.

    A template may write a block only once, and the title and description stand twice in a page's head.
    """
    texte = BlockNode(bloc, template.base.NodeList()).render(context)
    # Already escaped as text by the block itself; a quotation mark would still end the attribute.
    return mark_safe(" ".join(texte.split()).replace('"', "&quot;"))  # noqa: S308


@register.simple_tag(takes_context=True)
def requete_sans(context, *parametres):
    """`{% requete_sans "page" as requete %}`: the query string without them, ready for `{{ requete }}page=2`."""
    valeurs = [(cle, liste) for cle, liste in context["request"].GET.lists() if cle not in parametres]
    return f"?{urlencode(valeurs, doseq=True)}&" if valeurs else "?"
