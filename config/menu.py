"""What the header offers to whoever signed in: entries that they may open, and in which capacity they act."""

from django.urls import reverse

from comptes.acces import habilitations, voit_tout


def menu(request):
    """Context processor. Costs nothing until a template asks, then one query a kind of habilitation."""
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
    def entrees(self):
        """Return [(words, icon, address)]."""
        entrees = []
        if self.habilitations:
            entrees.append(("Membres", "team-line", reverse("membres")))
        # Others import invitations, from the page of members.
        if self.personne and voit_tout(self.personne):
            entrees.append(("Imports", "upload-2-line", reverse("imports")))
        if self.habilitations:
            entrees.append(("Administration", "settings-5-line", reverse("admin:index")))
        return entrees
