"""What other rooms' pages need to lead to an import."""

from django import template

from tableurs.ressources import toutes

register = template.Library()


@register.filter
def ressource_d_import(options):
    """`{{ cl.opts|ressource_d_import }}`: the key of the resource that writes this model, or an empty text."""
    ressources = [ressource for ressource in toutes().values() if options.model in ressource.modeles]
    # The model that a resource is first about, before those that it only writes in passing.
    ressources.sort(key=lambda ressource: ressource.modeles.index(options.model))
    return ressources[0].cle if ressources else ""
