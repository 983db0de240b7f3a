"""What other rooms' pages need to lead to an import."""

from django import template

from tableurs.ressources import ouvertes

register = template.Library()


@register.filter
def ressource_d_import(options, personne):
    """`{{ cl.opts|ressource_d_import:user }}`: the resource that writes this model, if open to the person, else ""."""
    ressources = [ressource for ressource in ouvertes(personne).values() if options.model in ressource.modeles]
    # The model that a resource is first about, before those that it only writes in passing.
    ressources.sort(key=lambda ressource: ressource.modeles.index(options.model))
    return ressources[0].cle if ressources else ""
