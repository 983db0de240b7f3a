"""Writing a fiche: the form and its parts together, what somebody else wrote meanwhile, saving.

Nothing is overwritten unseen (ADR 0011): the fiche as it was read (revision, version of each part), as it is, and as it
was typed are compared field by field; when the first two differ, whoever comes second sees and chooses.
"""

from copy import copy
from functools import cached_property

from django.http import QueryDict

from programme import valeurs_de_fiche as plat
from programme.choix_de_fiche import CLES_DES_CHOIX
from programme.ecarts import Sort, ecarts
from programme.forms.parties import Lignes
from programme.forms.projets import FormulaireFiche
from programme.redaction import champs_ecrits

REVISION = "revision_lue"
A_CHOISIR, CHOIX, AVANT, FUSION = "a_choisir", "choix-", "avant-", "fusion-"


class Saisie:
    """The form of a fiche. `donnees`: what was sent; else the fiche is shown, with `proposees` over it.

    Without its parts where these are followed, not proposed (`avec_parties`).
    """

    def __init__(self, projet, droits, donnees=None, proposees=None, de_plus="", avec_parties=True):
        self.projet = projet
        parties = plat.PARTIES if avec_parties else ()
        self.champs = champs_ecrits(droits)
        self.non_choisis = set()
        self.actuelles_du_projet = plat.du_projet(projet, self.champs)
        if donnees is not None:
            donnees = self._choisir(donnees)
            self.form = FormulaireFiche(donnees, instance=copy(projet), champs=self.champs)
            self.parties = {nom: Lignes(nom, projet, donnees) for nom in parties}
        else:
            valeurs = {**self.actuelles_du_projet, **(proposees or {})}
            self.form = FormulaireFiche(instance=projet, champs=self.champs, initial=self._initiales(valeurs))
            self.parties = {
                nom: Lignes(nom, projet, valeurs=proposees or {}, de_plus=de_plus == nom) for nom in parties
            }
        self.donnees = donnees
        self.revision_lue = donnees.get(REVISION, "") if donnees is not None else str(projet.revision)

    def _initiales(self, valeurs):
        """Only where a text would not do as a value: the instance gives the rest, in French."""
        return {nom: valeurs[nom] for nom in self.champs if nom in CLES_DES_CHOIX} | {
            nom: valeur
            for nom, valeur in valeurs.items()
            if nom in self.champs and valeur != self.actuelles_du_projet.get(nom)
        }

    def is_valid(self):
        valides = [self.form.is_valid(), *(lignes.is_valid() for lignes in self.parties.values())]
        return all(valides)

    @property
    def formulaires(self):
        """All the forms that may hold errors, for the summary."""
        return [
            self.form,
            *(ligne.form for lignes in self.parties.values() for ligne in lignes if not ligne.a_supprimer),
        ]

    # --- What comes after, as the button says
    @property
    def partie_a_ajouter(self):
        """The kind of parts of which another row is asked, or an empty text."""
        partie = self.donnees.get("ajouter", "")
        return partie if partie in plat.PARTIES else ""

    @property
    def est_terminee(self):
        return "terminer" in self.donnees

    # --- What was chosen on the page where two fiches are brought together
    def _choisir(self, donnees):
        """Return what was sent, with the choices made in the fields; those that were not are asked again."""
        donnees = donnees.copy()
        for cle in donnees.getlist(A_CHOISIR):
            choix = donnees.get(f"{CHOIX}{cle}")
            if choix == "autre":
                donnees.setlist(cle, donnees.getlist(f"autre-{cle}"))
            elif choix == "fusion":
                donnees.setlist(cle, donnees.getlist(f"{FUSION}{cle}"))
            elif choix != "sien":
                self.non_choisis.add(cle)
        if self.non_choisis:
            for cle in [cle for cle in donnees if cle.startswith(AVANT)]:
                donnees[cle.removeprefix(AVANT)] = donnees[cle]
        return donnees

    # --- Compared
    @cached_property
    def siennes(self):
        """What was typed, flat. Of a form that is right."""
        valeurs = {nom: plat.a_plat(self.form.cleaned_data[nom]) for nom in self.champs}
        for lignes in self.parties.values():
            valeurs |= lignes.valeurs(self.avant)
        return valeurs

    @cached_property
    def avant(self):
        valeurs = self.actuelles_du_projet if self._est_a_jour else self._lues
        for lignes in self.parties.values():
            valeurs = valeurs | lignes.valeurs_avant()
        return valeurs

    @cached_property
    def autres(self):
        """The fiche as it is in the database."""
        valeurs = dict(self.actuelles_du_projet)
        for lignes in self.parties.values():
            valeurs |= lignes.valeurs_actuelles(self.avant)
        return valeurs

    @property
    def _est_a_jour(self):
        return self.revision_lue == str(self.projet.revision)

    @property
    def _lues(self):
        lisible = self.revision_lue.isdecimal() and len(self.revision_lue) < 10
        return plat.du_projet_avant(self.projet, self.champs, int(self.revision_lue)) if lisible else {}

    @cached_property
    def ecarts(self):
        return ecarts(self.avant, self.autres, self.siennes)

    @property
    def a_ete_changee(self):
        """Whether somebody else wrote, since, something that this form holds: then it is shown before it is saved."""
        return bool(self.non_choisis) or any(ecart.sort != Sort.SIEN for ecart in self.ecarts)

    @property
    def changements(self):
        """What was changed by oneself, of fields as they were read."""
        return [ecart for ecart in self.ecarts if ecart.sort != Sort.AUTRE]

    def fusionnees(self):
        """Return what the page that brings two fiches together sends again: [(name, value)], beside the choices."""
        donnees = self.donnees.copy()
        for nom in [n for n in donnees if n.startswith((CHOIX, AVANT, FUSION, "autre-")) or n == A_CHOISIR]:
            del donnees[nom]
        donnees.pop("csrfmiddlewaretoken", None)
        for ecart in self.ecarts:
            if ecart.sort in (Sort.AUTRE, Sort.ENSEMBLE):
                donnees.setlist(ecart.cle, ecart.fusion if isinstance(ecart.fusion, list) else [ecart.fusion])
        self._mettre_a_jour(donnees, REVISION, str(self.projet.revision))
        for nom, lignes in self.parties.items():
            for ligne in lignes:
                lue = f"{nom}-{ligne.cle}-{plat.LUE}"
                self._mettre_a_jour(donnees, lue, str(ligne.actuelle.lue) if ligne.actuelle else "")
        return [(nom, valeur) for nom, valeurs in donnees.lists() for valeur in valeurs]

    def _mettre_a_jour(self, donnees, cle, valeur):
        """The version that is shown now is the one read; the one before serves if nothing is chosen."""
        donnees[f"{AVANT}{cle}"], donnees[cle] = donnees.get(cle, ""), valeur

    # --- Written
    def enregistrer(self, raison="Fiche modifiée", par=None):
        """Write what was typed, in the transaction that holds the project's row. Returns whether anything changed."""
        if not self.changements:
            return False
        projet = self.form.instance
        projet.revision += 1
        projet._change_reason = raison
        if par:
            projet._history_user = par
        projet.save()
        for ecart in self.changements:
            if ecart.cle in CLES_DES_CHOIX:
                objets = self.form.fields[ecart.cle].objets
                getattr(projet, ecart.cle).set([objets[cle] for cle in self.siennes[ecart.cle]])
        for lignes in self.parties.values():
            lignes.enregistrer()
        return True


def donnees_de(projet, droits, valeurs):
    """Return what a browser would send of a fiche as it is, with `valeurs` over it."""
    donnees = QueryDict(mutable=True)
    donnees[REVISION] = str(projet.revision)
    a_plat = plat.du_projet(projet, champs_ecrits(droits))
    for nom in plat.PARTIES:
        lignes = plat.lignes(nom, projet)
        nouvelles = {partie[1] for cle in valeurs if (partie := plat.partie_de(cle)) and partie[0] == nom}
        donnees.setlist(nom, [*lignes, *sorted(nouvelles - set(lignes))])
        for cle, ligne in lignes.items():
            a_plat |= plat.d_une_ligne(nom, cle, ligne)
            donnees[f"{nom}-{cle}-{plat.LUE}"] = str(ligne.lue)
    for cle, valeur in {**a_plat, **valeurs}.items():
        donnees.setlist(cle, valeur if isinstance(valeur, list) else [valeur])
    return donnees
