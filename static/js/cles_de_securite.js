// Security keys (WebAuthn): `form[data-cle]` says "creer" or "presenter"; the options stand in #cle-options. What the
// key answers goes in the form's `credential` field, as JSON.

const formulaire = document.querySelector("form[data-cle]");
const options = document.getElementById("cle-options");

function enOctets(texte) {
  const base64 = texte.replace(/-/g, "+").replace(/_/g, "/");
  return Uint8Array.from(atob(base64), (caractere) => caractere.charCodeAt(0));
}

function enTexte(octets) {
  const caracteres = String.fromCharCode(...new Uint8Array(octets));
  return btoa(caracteres).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
}

function sansTextes(descripteurs) {
  return descripteurs?.map((descripteur) => ({ ...descripteur, id: enOctets(descripteur.id) }));
}

async function creer(demande) {
  const cle = await navigator.credentials.create({
    publicKey: {
      ...demande,
      challenge: enOctets(demande.challenge),
      user: { ...demande.user, id: enOctets(demande.user.id) },
      excludeCredentials: sansTextes(demande.excludeCredentials),
    },
  });
  return {
    ...enCommun(cle),
    response: {
      clientDataJSON: enTexte(cle.response.clientDataJSON),
      attestationObject: enTexte(cle.response.attestationObject),
      transports: cle.response.getTransports?.() ?? [],
    },
  };
}

async function presenter(demande) {
  const cle = await navigator.credentials.get({
    publicKey: {
      ...demande,
      challenge: enOctets(demande.challenge),
      allowCredentials: sansTextes(demande.allowCredentials),
    },
  });
  return {
    ...enCommun(cle),
    response: {
      clientDataJSON: enTexte(cle.response.clientDataJSON),
      authenticatorData: enTexte(cle.response.authenticatorData),
      signature: enTexte(cle.response.signature),
      userHandle: cle.response.userHandle ? enTexte(cle.response.userHandle) : null,
    },
  };
}

function enCommun(cle) {
  return {
    type: cle.type,
    id: cle.id,
    rawId: enTexte(cle.rawId),
    authenticatorAttachment: cle.authenticatorAttachment ?? null,
    clientExtensionResults: cle.getClientExtensionResults(),
  };
}

if (formulaire && options) {
  const bouton = formulaire.querySelector("[data-cle-bouton]");
  const message = formulaire.querySelector("[data-cle-message]");
  const dire = (texte) => {
    const phrase = document.createElement("p");
    phrase.className = "fr-message fr-message--error";
    phrase.textContent = texte;
    message.replaceChildren(phrase);
  };
  if (window.PublicKeyCredential) {
    bouton.disabled = false;
  } else {
    dire("Ce navigateur ne connaît pas les clés de sécurité.");
  }
  formulaire.addEventListener("submit", async (evenement) => {
    evenement.preventDefault();
    message.replaceChildren();
    bouton.disabled = true;
    try {
      const { creation_options: creation, request_options: demande } = JSON.parse(options.textContent);
      const agir = formulaire.dataset.cle === "creer" ? creer(creation.publicKey) : presenter(demande.publicKey);
      formulaire.elements.credential.value = JSON.stringify(await agir);
      formulaire.submit();
    } catch (erreur) {
      bouton.disabled = false;
      dire(
        erreur.name === "InvalidStateError"
          ? "Cette clé est déjà ajoutée à votre compte."
          : "La clé n'a pas répondu, ou vous avez renoncé. Vous pouvez réessayer.",
      );
    }
  });
}
