"""What the header offers to whoever signed in: entries that they may open, and in which capacity they act."""

from functools import cache

from django.template.loader import render_to_string
from django.urls import reverse

from comptes.acces import genres, habilitations, toutes_les_habilitations, voit_tout
from comptes.en_qualite import designation
from comptes.models import Utilisateur
from comptes.pages_publiques import garder
from pilotage.a_faire import nombre


def menu(request):
    """Context processor. Costs nothing until a template asks: then two queries, and the rest after a change only."""
    return {"menu": lambda: Menu(getattr(request, "user", None))}


@cache
def _modeles():
    """Return the models whose rows the entries name."""
    portees = {genre._meta.get_field(champ).related_model for genre in genres() for champ in genre.avec}
    return (Utilisateur, *genres(), *sorted(portees, key=lambda modele: modele._meta.label))


class Menu:
    def __init__(self, personne):
        self.personne = personne

    @property
    def html(self):
        """The entries, kept as long as neither the person nor any habilitation changes."""
        combien = nombre(self.personne)
        choisie = self.personne.en_qualite_de
        cle = f"menu:{self.personne.pk}:{designation(choisie) if choisie else ''}:{combien}"
        return garder(cle, _modeles(), lambda: self._composer(combien))

    def _composer(self, combien):
        siennes = habilitations(self.personne)
        contexte = {
            "user": self.personne,
            "en_qualite_de": self._en_qualite_de(siennes),
            "peut_changer": len(toutes_les_habilitations(self.personne)) > 1,
            "entrees": self._entrees(combien) if siennes else [],
        }
        return render_to_string("composants/compte_entrees.html", contexte)

    def _en_qualite_de(self, siennes):
        """« Pilote régional · Hauts-de-France »; of several, how many."""
        if len(siennes) > 1:
            return f"{len(siennes)} habilitations"
        return str(siennes[0]) if siennes else ""

    def _entrees(self, combien):
        """Return [(words, icon, address)]."""
        a_faire = f"À faire ({combien})" if combien else "À faire"
        entrees = [(a_faire, "todo-line", reverse("a_faire")), ("Membres", "team-line", reverse("membres"))]
        # Others import invitations, from the page of members.
        if voit_tout(self.personne):
            entrees.append(("Imports", "upload-2-line", reverse("imports")))
        return [*entrees, ("Administration", "settings-5-line", reverse("admin:index"))]
