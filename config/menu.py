"""What the header offers to whoever signed in: entries that they may open, and in which capacity they act."""

from functools import cache

from django.template.loader import render_to_string
from django.urls import reverse

from agences.models import Correspondant
from comptes.acces import genres, habilitations, toutes_les_habilitations, voit_tout
from comptes.en_qualite import designation
from comptes.models import Utilisateur
from comptes.pages_publiques import garder
from pilotage import a_faire
from programme.models.comites import lit_des_comites
from programme.models.dotations import suit_l_argent
from programme.models.perimetres import lit_des_perimetres


def menu(request):
    """Context processor. Costs nothing until a template asks: then two queries, and the rest after a change only."""
    return {"menu": lambda: Menu(getattr(request, "user", None))}


@cache
def _modeles():
    """Return the models whose rows the entries name, or count."""
    portees = {genre._meta.get_field(champ).related_model for genre in genres() for champ in genre.avec}
    modeles = {Utilisateur, *genres(), *portees, *a_faire.modeles_suivis()}
    return tuple(sorted(modeles, key=lambda modele: modele._meta.label))


class Menu:
    def __init__(self, personne):
        self.personne = personne

    @property
    def html(self):
        """The entries, kept as long as nothing changes of what they name and count."""
        vif = a_faire.nombre_vif(self.personne)
        choisie = self.personne.en_qualite_de
        cle = f"menu:{self.personne.pk}:{designation(choisie) if choisie else ''}:{vif}"
        return garder(cle, _modeles(), lambda: self._composer(vif + a_faire.nombre_fixe(self.personne)))

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
        ce_qui_attend = f"À faire ({combien})" if combien else "À faire"
        entrees = [(ce_qui_attend, "todo-line", reverse("a_faire")), ("Membres", "team-line", reverse("membres"))]
        if lit_des_comites(self.personne):
            entrees.append(("Comités", "calendar-event-line", reverse("comites")))
        if lit_des_perimetres(self.personne):
            entrees.append(("Périmètres", "road-map-line", reverse("perimetres")))
        if suit_l_argent(self.personne):
            entrees.append(("Enveloppes", "money-euro-circle-line", reverse("suivi_financier")))
        siennes = [une.agence for une in habilitations(self.personne) if isinstance(une, Correspondant)]
        for agence in siennes:
            mots = "Mon agence" if len(siennes) == 1 else agence.nom
            entrees.append((mots, "building-line", agence.get_absolute_url()))
        # Others import invitations, from the page of members.
        if voit_tout(self.personne):
            entrees.append(("Imports", "upload-2-line", reverse("imports")))
        return [*entrees, ("Administration", "settings-5-line", reverse("admin:index"))]
