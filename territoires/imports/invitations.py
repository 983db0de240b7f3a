"""Many invitations from one table: each row is an invitation like those made one by one, under the same rights.

Nothing tells whether an address has an account: only what the importer already sees is compared.
"""

from collections import defaultdict

from django.core.exceptions import ValidationError
from django.db.models import Model

from comptes import invitations
from comptes.acces import aujourdhui, est_administrateur, habilitations
from comptes.models import EtatInvitation, Invitation
from tableurs import operations
from tableurs.colonnes import Colonne
from tableurs.enums import Seau
from tableurs.francais import enumeration, jour, normaliser
from tableurs.operations import Conflit
from tableurs.ressources import RessourceImport, Verdict, enregistrer, refus
from tableurs.valeurs import Choix, Courriel, Date, Texte
from territoires.enums import QualiteRegionale, QualiteTerritoriale
from territoires.models import ActeurLocal, PiloteRegional, Region, Territoire
from territoires.noms import noms_des_territoires

CITES_MAX = 5
DATES = ("du", "au", "acte_date")
DETAILS = ("prenom", "nom", "du", "au", "acte_numero", "acte_date")


def colonnes(qualites, synonymes, portee):
    """Return the columns of a table of invitations; `portee` is the column that says on what."""
    return (
        Colonne(
            "adresse",
            "Adresse électronique",
            Courriel(obligatoire=True),
            ("adresse", "courriel", "email", "e-mail", "mail", "mel", "adresse mail", "adresse courriel"),
            True,
            "L'invitation y est envoyée. Une ligne par adresse et par fonction.",
            "camille.martin@exemple.fr",
        ),
        Colonne("prenom", "Prénom", Texte(longueur=100), aide="Facultatif.", exemple="Camille"),
        Colonne("nom", "Nom", Texte(longueur=100), ("nom de famille",), aide="Facultatif.", exemple="Martin"),
        Colonne(
            "qualite",
            "Fonction",
            Choix(qualites.choices, synonymes, obligatoire=True),
            ("qualite", "role"),
            True,
            "Une valeur de la liste.",
            str(qualites.LECTURE.label),
        ),
        portee,
        Colonne("du", "Du", Date(), ("depuis le", "debut"), aide="Premier jour. Vide : aujourd'hui.", exemple=""),
        Colonne("au", "Au", Date(), ("jusqu'au", "fin"), aide="Dernier jour, compris. Vide : sans fin prévue."),
        Colonne(
            "acte_numero",
            "Numéro de l'acte de délégation",
            Texte(longueur=50),
            ("acte de délégation", "numéro de l'acte", "acte", "numéro de l'arrêté", "arrêté", "délibération"),
            aide="S'il y en a un : arrêté, délibération. Avec sa date.",
        ),
        Colonne(
            "acte_date",
            "Date de l'acte de délégation",
            Date(),
            ("date de l'acte", "date de l'arrêté", "date de la délibération"),
            aide="Avec le numéro de l'acte.",
        ),
    )


class RessourceInvitations(RessourceImport):
    """One kind of habilitation; its scope is told by any of its names: one that several bear tells nothing."""

    genre = None
    modeles = (Invitation,)
    demande_un_auteur = True
    # Each is judged, then written to: two thousand would outlast the patience of the web server.
    lignes_ecrites_sur_le_champ = 200
    effets = (
        "Une invitation part par courriel à chaque adresse des lignes créées. L'habilitation ne commence que si la "
        "personne accepte."
    )
    reste = (
        "Les invitations restées sans réponse seront annulées : leurs liens n'ouvriront plus rien. Les courriels déjà "
        "partis, eux, ne se reprennent pas. Si l'une d'elles a été acceptée, rien n'est annulé."
    )

    @classmethod
    def ouverte_a(cls, personne):
        """Whoever may give at least one. The base is asked only of who acts for a territory or a region."""
        if not any(tenue.portee for tenue in habilitations(personne)):
            return est_administrateur(personne)
        return cls.genre.objects.ajoutables_par(personne)

    @classmethod
    def jeux(cls):
        """Nothing to start from but the template."""
        return []

    def objets(self):
        """Return {key: object} of the scopes."""
        raise NotImplementedError

    def noms(self):
        """Yield (key, name) for all names of all scopes, those that tell them apart best first."""
        raise NotImplementedError

    def valeurs_possibles(self):
        return {self.genre.portee: sorted({str(objet) for objet in self.objets().values()}, key=normaliser)}

    # --- Comparing
    def commencer(self, lignes):
        self.par_cle = self.objets()
        self.cles_par_nom, self.noms_par_cle = defaultdict(set), defaultdict(list)
        for cle, nom in self.noms():
            self.cles_par_nom[normaliser(nom)].add(cle)
            self.noms_par_cle[cle].append(nom)
        self.permises, self.vues = {}, {}
        self._lire_l_existant()

    def _lire_l_existant(self):
        """What the importer sees of what is held and promised, told apart by (address, quality, key of the scope)."""
        self.tenues, self.promises = defaultdict(list), {}
        if self.auteur is None:
            return
        champ = f"{self.genre.portee}_id"
        visibles = self.genre.objects.visibles_par(self.auteur).actuelles()
        for *identite, du, au in visibles.order_by().values_list("personne__email", "qualite", champ, "du", "au"):
            self.tenues[tuple(identite)].append((du, au))
        envoyees = Invitation.objects.visibles_par(self.auteur).en_attente()
        envoyees = envoyees.filter(genre=self.genre._meta.label_lower).order_by()
        en_cle = self.genre._meta.get_field(self.genre.portee).target_field.to_python
        champs = ("adresse", "qualite", "portee", "du", "au", "acte_numero", "acte_date")
        for adresse, qualite, portee, du, *reste in envoyees.values_list(*champs):
            cle = en_cle(portee.partition(":")[2])
            self.promises[adresse, qualite, cle] = (max(du, aujourdhui()), *reste)

    def comparer(self, ligne):
        valeurs = ligne.valeurs
        objet = self._objet(valeurs[self.genre.portee])
        if not isinstance(objet, Model):
            return objet
        adresse, qualite = valeurs["adresse"], valeurs["qualite"]
        identite = (adresse, qualite, objet.pk)
        fonction = f"{self._dite(qualite)}, {objet}"
        libelle = f"{adresse}, {fonction}"
        if not self._nommable(qualite, objet):
            return self._interdite(qualite, fonction)
        du, au = max(valeurs.get("du") or aujourdhui(), aujourdhui()), valeurs.get("au")
        details = {nom: valeurs.get(nom) for nom in DETAILS}
        acte = (details["acte_numero"] or "", details["acte_date"])
        if empechement := self._periode_refusee(valeurs.get("du"), au) or self._acte_refuse(*acte):
            return empechement
        if identite in self.vues:
            if self.vues[identite] == details:
                return Verdict(Seau.DOUBLON, libelle)
            return refus(
                f"{adresse} est déjà dans ce fichier pour la même fonction, avec un autre nom, d'autres dates ou un "
                "autre acte.",
                "Gardez une seule des deux lignes.",
                self._libelle_de("adresse"),
                adresse,
            )
        if any(_couvre(tenue, du, au) for tenue in self.tenues[identite]):
            verdict = Verdict(Seau.INCHANGEE, libelle)
        elif identite not in self.promises:
            verdict = self._creation(libelle, identite, objet, details)
        elif self.promises[identite] == (du, au, *acte):
            verdict = Verdict(Seau.INCHANGEE, libelle)
        else:
            return self._autrement_promise(du)
        self.vues[identite] = details
        return verdict

    def _objet(self, texte):
        """Return the scope that a text names, or the refusal of the row."""
        cles = self.cles_par_nom.get(normaliser(texte), ())
        if len(cles) == 1:
            return self.par_cle[next(iter(cles))]
        nom = self._libelle_de(self.genre.portee)
        if not cles:
            return refus(f"« {texte} » n'est pas connu.", self.remede_inconnu, nom, texte)
        surs = filter(None, (self._nom_sur(cle) for cle in sorted(cles)[:CITES_MAX]))
        ou = " ou ".join(f"« {sur} »" for sur in surs)
        remede = f"Écrivez plutôt {ou}." if ou else "Invitez cette personne depuis la page « Inviter »."
        return refus(f"« {texte} » en désigne plusieurs.", remede, nom, texte)

    def _nom_sur(self, cle):
        """Return the first name of a scope that no other bears."""
        return next((nom for nom in self.noms_par_cle[cle] if len(self.cles_par_nom[normaliser(nom)]) == 1), None)

    def _nommable(self, qualite, objet):
        """Ask the rule, once for each quality on each scope."""
        cle = (qualite, objet.pk)
        if cle not in self.permises:
            promise = self.genre(qualite=qualite, **{self.genre.portee: objet})
            self.permises[cle] = self.auteur is not None and promise.nommable_par(self.auteur)
        return self.permises[cle]

    def _interdite(self, qualite, fonction):
        ceux = [delegation.qui for delegation in self.genre.delegations if qualite in delegation.qualites]
        return refus(
            "Vous ne pouvez pas donner cette habilitation.",
            f"Retirez la ligne. Ceux qui la donnent : {enumeration([*ceux, 'les administrateurs nationaux'])}.",
            self._libelle_de("qualite"),
            fonction,
        )

    def _periode_refusee(self, du, au):
        if au is None:
            return None
        if au < aujourdhui():
            raison, remede = "Ce jour est passé.", "Indiquez un jour à venir, ou videz la cellule : sans fin prévue."
        elif du and au < du:
            raison, remede = "La fin précède le début.", "Corrigez l'une des deux dates."
        else:
            return None
        return refus(raison, remede, self._libelle_de("au"), jour(au))

    def _acte_refuse(self, numero, date):
        if bool(numero) == bool(date):
            return None
        manque = "acte_date" if numero else "acte_numero"
        return refus(
            "Un acte de délégation a un numéro et une date.",
            "Complétez la cellule, ou videz les deux : il n'y a alors pas d'acte.",
            self._libelle_de(manque),
            "",
        )

    def _autrement_promise(self, du):
        return refus(
            "Une invitation pareille attend déjà une réponse, avec d'autres dates ou un autre acte de délégation.",
            "Annulez-la d'abord sur la page « Invitations », ou retirez la ligne.",
            self._libelle_de("du"),
            jour(du),
        )

    def _creation(self, libelle, identite, objet, details):
        adresse, qualite, cle = identite
        montres = {"adresse": adresse, "qualite": self._dite(qualite), self.genre.portee: str(objet), **details}
        changements = [
            {
                "champ": self._libelle_de(nom).lower(),
                "avant": "",
                "apres": jour(valeur) if nom in DATES else valeur,
            }
            for nom, valeur in montres.items()
            if valeur
        ]
        acte = operations.agir(adresse=adresse, qualite=qualite, portee=cle, **details)
        return Verdict(Seau.CREEE, libelle, changements=changements, operations=[acte])

    def _dite(self, qualite):
        return str(dict(self.genre._meta.get_field("qualite").flatchoices)[qualite])

    def _libelle_de(self, cle):
        return next(colonne.libelle for colonne in self.colonnes if colonne.cle == cle)

    # --- Applying, undoing
    def agir(self, actes):
        """Invite. Rights are asked again, of who applies; what was promised meanwhile is not promised over."""
        self._exiger_un_auteur()
        self._lire_l_existant()
        objets, creees, conflits = self.objets(), [], []
        for acte in actes:
            objet = objets.get(acte["portee"])
            qui = f"{acte['adresse']} ({self._dite(acte['qualite'])}, {objet})"
            if objet is None or (acte["adresse"], acte["qualite"], acte["portee"]) in self.promises:
                conflits.append(qui)
                continue
            try:
                creees.append((Invitation, self._inviter(acte, objet).pk))
            except ValidationError as erreur:
                conflits.append(f"{qui} : {_sans_point(' '.join(erreur.messages))}")
        if conflits:
            raise Conflit(conflits)
        return creees

    def _exiger_un_auteur(self):
        if self.auteur is None:
            raise Conflit(["il faut un compte pour inviter, et pour annuler une invitation"])

    def _inviter(self, acte, objet):
        jours = {nom: Date().lire(acte[nom]).valeur for nom in DATES if acte[nom]}
        return invitations.inviter(
            self.auteur,
            adresse=acte["adresse"],
            genre=self.genre,
            qualite=acte["qualite"],
            portee=objet,
            prenom=acte["prenom"] or "",
            nom=acte["nom"] or "",
            acte_numero=acte["acte_numero"] or "",
            **jours,
        )

    def revenir(self, creees):
        """Cancel those that still wait; one that was accepted, or that is no longer theirs to cancel, stops all."""
        self._exiger_un_auteur()
        cles = operations.cles_creees(creees, Invitation)
        siennes = set(Invitation.objects.modifiables_par(self.auteur).filter(pk__in=cles).values_list("pk", flat=True))
        conflits = []
        for une in Invitation.objects.filter(pk__in=cles).select_for_update().order_by("pk"):
            if une.etat == EtatInvitation.ACCEPTEE:
                conflits.append(f"l'invitation de {une.adresse} a été acceptée, mettez fin à son habilitation")
            elif une.est_ouverte and une.pk not in siennes:
                conflits.append(f"l'invitation de {une.adresse} n'est plus de votre ressort")
            elif une.est_ouverte:
                invitations.annuler(une.cle, self.auteur)
        if conflits:
            raise Conflit(conflits)


def _couvre(tenue, du, au):
    """Tell whether an habilitation already gives what is promised, and as long: as `comptes.invitations` has it."""
    debut, fin = tenue
    return fin is None if au is None else (fin is None or fin >= au) and debut <= du


def _sans_point(phrase):
    return f"{phrase[:1].lower()}{phrase[1:]}".rstrip(".")


@enregistrer
class ImportEquipes(RessourceInvitations):
    cle = "invitations_territoires"
    nom = "Invitations d'équipes de territoires"
    genre = ActeurLocal
    remede_inconnu = "Écrivez le nom du territoire, son code ou la fin de l'adresse de sa page."
    colonnes = colonnes(
        QualiteTerritoriale,
        {
            "cheffe de projet": QualiteTerritoriale.CHEF_DE_PROJET.value,
            "président d'intercommunalité": QualiteTerritoriale.PRESIDENT_EPCI.value,
            "présidente d'intercommunalité": QualiteTerritoriale.PRESIDENT_EPCI.value,
            "élue référente": QualiteTerritoriale.ELU_REFERENT.value,
            "industrielle référente": QualiteTerritoriale.INDUSTRIEL_REFERENT.value,
        },
        Colonne(
            "territoire",
            "Territoire",
            Texte(obligatoire=True),
            ("territoire d'industrie", "code du territoire", "id_ti", "lib_ti"),
            True,
            "Son nom, son code ou la fin de l'adresse de sa page.",
            "vosges",
        ),
    )

    def objets(self):
        return Territoire.objects.select_related("phase").in_bulk()

    def noms(self):
        return noms_des_territoires()


@enregistrer
class ImportPilotes(RessourceInvitations):
    cle = "invitations_regions"
    nom = "Invitations de pilotes régionaux"
    genre = PiloteRegional
    remede_inconnu = "Écrivez le nom de la région, ou son code Insee."
    colonnes = colonnes(
        QualiteRegionale,
        {},
        Colonne(
            "region",
            "Région",
            Texte(obligatoire=True),
            ("code region", "reg"),
            True,
            "Son nom ou son code Insee.",
            "Grand Est",
        ),
    )

    def objets(self):
        return Region.objects.in_bulk()

    def noms(self):
        for code, nom in Region.objects.values_list("code", "nom"):
            yield from ((code, code), (code, nom))
