"""What the header offers to whoever signed in: entries that they may open, and in which capacity they act."""

from django.urls import reverse

from comptes.acces import habilitations, toutes_les_habilitations, voit_tout
from pilotage.a_faire import nombre


def menu(request):
    """Context processor. Costs nothing until a template asks, then one query, one a kind of habilitation, and one."""
    return {"menu": lambda: Menu(getattr(request, "user", None))}


class Menu:
    def __init__(self, personne):
        self.personne = personne
        self.habilitations = habilitations(personne) if personne else []

    @property
    def en_qualite_de(self):
        """« Pilote régional · Hauts-de-France »; of several, how many."""
        if len(self.habilitations) > 1:
            return f"{len(self.habilitations)} habilitations"
        return str(self.habilitations[0]) if self.habilitations else ""

    @property
    def peut_changer(self):
        """Whether there is another capacity to act in."""
        return bool(self.personne) and len(toutes_les_habilitations(self.personne)) > 1

    @property
    def entrees(self):
        """Return [(words, icon, address)]."""
        if not self.habilitations:
            return []
        entrees = [(self._a_faire(), "todo-line", reverse("a_faire")), ("Membres", "team-line", reverse("membres"))]
        # Others import invitations, from the page of members.
        if voit_tout(self.personne):
            entrees.append(("Imports", "upload-2-line", reverse("imports")))
        return [*entrees, ("Administration", "settings-5-line", reverse("admin:index"))]

    def _a_faire(self):
        combien = nombre(self.personne)
        return f"À faire ({combien})" if combien else "À faire"
