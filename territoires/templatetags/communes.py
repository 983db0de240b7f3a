"""What templates need to know of the search of communes."""

from django import template

from territoires.recherche import LONGUEUR_AMORCE

register = template.Library()


@register.simple_tag
def lettres_avant_suggestions():
    """Return how many letters to type before `static/js/recherche_commune.js` asks for suggestions."""
    return LONGUEUR_AMORCE
