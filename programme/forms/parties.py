"""The parts of a fiche in its form: rows, as many as one adds, each known by its key."""

from dataclasses import dataclass

from django import forms

from comptes.cles import nouvelle_cle
from programme import valeurs_de_fiche as plat
from programme.forms.projets import FormulaireFrein, FormulaireIndicateur, FormulaireJalon

FORMULAIRES = {"jalons": FormulaireJalon, "indicateurs": FormulaireIndicateur, "freins": FormulaireFrein}
LIGNES_MAX = 200
DEJA_UN_INDICATEUR = "Ce projet a déjà un indicateur de ce nom."


@dataclass
class Ligne:
    """A row: `lue`, the version that its writer read ("" when new); `actuelle`, the part in the database or None."""

    cle: str
    lue: str
    actuelle: object
    a_supprimer: bool
    form: forms.ModelForm

    @property
    def prefixe(self):
        return self.form.prefix

    @property
    def est_nouvelle(self):
        return not self.lue

    @property
    def est_vide(self):
        """Whether nothing was typed in a new row: it is left alone."""
        return self.est_nouvelle and self.actuelle is None and not self.form.has_changed()

    @property
    def a_change(self):
        """Whether it is no longer in the database as its writer read it."""
        return self.lue != (str(self.actuelle.lue) if self.actuelle else "")


class Lignes:
    """The parts of one kind, of a project. `donnees`: what was sent; else `valeurs`, a flat fiche, is shown."""

    def __init__(self, nom, projet, donnees=None, valeurs=None, de_plus=0):
        self.nom, self.projet = nom, projet
        self.modele = plat.PARTIES[nom][0]
        self.actuelles = plat.lignes(nom, projet)
        if donnees is not None:
            cles = [cle for cle in dict.fromkeys(donnees.getlist(nom)) if plat.CLE_DE_PARTIE.match(cle)]
            self.lignes = [self._envoyee(cle, donnees) for cle in cles[:LIGNES_MAX]]
        else:
            proposees = {partie[1] for cle in valeurs if (partie := plat.partie_de(cle)) and partie[0] == nom}
            cles = [*self.actuelles, *sorted(proposees - set(self.actuelles))]
            self.lignes = [self._montree(cle, valeurs) for cle in cles]
            self.lignes += [self._montree(nouvelle_cle(), {}) for _ in range(de_plus or (0 if cles else 1))]

    def __iter__(self):
        return iter(self.lignes)

    def modele_de_ligne(self):
        """Return the row that a script copies."""
        return self._montree("__cle__", {})

    def _envoyee(self, cle, donnees):
        prefixe = f"{self.nom}-{cle}"
        actuelle = self.actuelles.get(cle)
        lue = donnees.get(f"{prefixe}-{plat.LUE}", "")
        formulaire = FORMULAIRES[self.nom](
            donnees,
            instance=self._instance(cle),
            initial={} if actuelle is None else None,
            prefix=prefixe,
            empty_permitted=not lue and actuelle is None,
            use_required_attribute=False,
        )
        return Ligne(cle, lue, actuelle, bool(donnees.get(f"{prefixe}-{plat.SUPPRIMER}")), formulaire)

    def _montree(self, cle, valeurs):
        prefixe = f"{self.nom}-{cle}"
        actuelle = self.actuelles.get(cle)
        initiales = {champ: valeurs[f"{prefixe}-{champ}"] for champ in self._champs if f"{prefixe}-{champ}" in valeurs}
        formulaire = FORMULAIRES[self.nom](
            instance=self._instance(cle), initial=initiales, prefix=prefixe, use_required_attribute=False
        )
        lue = str(actuelle.lue) if actuelle else ""
        return Ligne(cle, lue, actuelle, bool(valeurs.get(f"{prefixe}-{plat.SUPPRIMER}")), formulaire)

    @property
    def _champs(self):
        return plat.PARTIES[self.nom][1]

    def _instance(self, cle):
        # Another object than the one in the database: forms write in theirs before they are judged.
        actuelle = self.actuelles.get(cle)
        instance = self.modele(projet=self.projet, cle=cle)
        if actuelle:
            for champ in actuelle._meta.concrete_fields:
                setattr(instance, champ.attname, getattr(actuelle, champ.attname))
            instance._state.adding = False
        return instance

    def is_valid(self):
        gardees = [ligne for ligne in self.lignes if not ligne.a_supprimer]
        valides = [ligne.form.is_valid() for ligne in gardees]
        if self.nom == "indicateurs":
            valides.append(self._noms_differents([ligne for ligne in gardees if not ligne.est_vide]))
        return all(valides)

    def _noms_differents(self, gardees):
        """A name is that of one indicator: of this form, and in the database as it is."""
        supprimees = {ligne.cle for ligne in self.lignes if ligne.a_supprimer}
        pris = {ligne.nom: cle for cle, ligne in self.actuelles.items() if cle not in supprimees}
        bons = True
        for ligne in gardees:
            nom = getattr(ligne.form, "cleaned_data", {}).get("nom")
            if nom and pris.setdefault(nom, ligne.cle) != ligne.cle:
                ligne.form.add_error("nom", DEJA_UN_INDICATEUR)
                bons = False
        return bons

    def valeurs(self, avant):
        """Return the rows that were sent, flat; of one that goes, what was typed counts for nothing."""
        valeurs = {}
        for ligne in self.lignes:
            if ligne.est_vide or (ligne.a_supprimer and ligne.est_nouvelle and ligne.actuelle is None):
                continue
            prefixe = f"{self.nom}-{ligne.cle}"
            if ligne.a_supprimer:
                valeurs |= {cle: valeur for cle, valeur in avant.items() if cle.startswith(f"{prefixe}-")}
            else:
                valeurs |= {f"{prefixe}-{c}": plat.a_plat(ligne.form.cleaned_data[c]) for c in self._champs}
            valeurs[f"{prefixe}-{plat.SUPPRIMER}"] = plat.COCHEE if ligne.a_supprimer else ""
        return valeurs

    def valeurs_actuelles(self, avant):
        """Return the same rows as they are in the database; one that went has `avant`'s values, and is removed."""
        valeurs = {}
        for cle, ligne in self.actuelles.items():
            valeurs |= plat.d_une_ligne(self.nom, cle, ligne)
        for ligne in self.lignes:
            if not ligne.est_nouvelle and ligne.actuelle is None:
                prefixe = f"{self.nom}-{ligne.cle}-"
                valeurs |= {cle: valeur for cle, valeur in avant.items() if cle.startswith(prefixe)}
                valeurs[f"{prefixe}{plat.SUPPRIMER}"] = plat.COCHEE
        return valeurs

    def valeurs_avant(self):
        """Return the same rows as their writer read them."""
        valeurs, anciennes = {}, {}
        for ligne in self.lignes:
            if not ligne.a_change and ligne.actuelle:
                valeurs |= plat.d_une_ligne(self.nom, ligne.cle, ligne.actuelle)
            elif ligne.lue.isdecimal() and len(ligne.lue) < 19:
                anciennes[ligne.cle] = int(ligne.lue)
        return valeurs | (plat.des_lignes_avant(self.nom, self.projet, anciennes) if anciennes else {})

    @property
    def ont_change(self):
        return any(ligne.a_change for ligne in self.lignes if not ligne.est_vide)

    def enregistrer(self):
        """Write the rows: removals first, so that names are free."""
        for ligne in self.lignes:
            if ligne.a_supprimer and ligne.actuelle:
                ligne.actuelle.delete()
        for ligne in self.lignes:
            if ligne.a_supprimer or ligne.est_vide or (ligne.actuelle and not ligne.form.has_changed()):
                continue
            if ligne.actuelle is None and self.modele.objects.filter(cle=ligne.cle).exists():
                # Of another project, whose key somebody sent.
                ligne.form.instance.cle = nouvelle_cle()
            ligne.form.save()
