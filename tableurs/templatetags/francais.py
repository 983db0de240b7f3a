"""Template filters for French numbers, amounts, dates and plurals (built in: no `load` needed)."""

from django import template

from tableurs import francais

register = template.Library()

register.filter("nombre", francais.nombre)
register.filter("montant", francais.montant)
register.filter("millions", francais.millions)
register.filter("jour", francais.jour)
register.filter("enumeration", francais.enumeration)


@register.filter
def pluriel(quantite, mots):
    """`{{ n|pluriel:"commune" }}` or `{{ n|pluriel:"lieu,lieux" }}`: the word alone, agreed with `n`."""
    singulier, _, au_pluriel = mots.partition(",")
    return francais.pluriel(quantite, singulier, au_pluriel)


@register.filter
def compte(quantite, mots):
    """`{{ n|compte:"commune" }}` gives « 1 250 communes »."""
    return f"{francais.nombre(quantite)}{francais.INSECABLE}{pluriel(quantite, mots)}"
