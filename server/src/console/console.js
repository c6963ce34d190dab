// Passkeys at the console: the only script of this door. Options in, answer out, both as WebAuthn's JSON.
"use strict";

const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

// Browsers that do not read or write that JSON by themselves get it done here.
function withBuffers(options) {
  const made = { ...options, challenge: toBytes(options.challenge) };
  if (options.user) made.user = { ...options.user, id: toBytes(options.user.id) };
  for (const list of ["excludeCredentials", "allowCredentials"]) {
    if (options[list]) made[list] = options[list].map((entry) => ({ ...entry, id: toBytes(entry.id) }));
  }
  return made;
}

function byHand(credential) {
  const response = {};
  for (const field of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[field]) response[field] = toText(credential.response[field]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  const { id, type, authenticatorAttachment } = credential;
  const clientExtensionResults = credential.getClientExtensionResults();
  return { id, rawId: id, type, authenticatorAttachment, response, clientExtensionResults };
}

async function send(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error("refused"), { told: answer.message, limited: response.status === 429 });
  return answer;
}

async function run(form) {
  const { ceremony, begin, finish } = form.dataset;
  const create = ceremony === "create";
  const options = await send(begin, Object.fromEntries(new FormData(form)));
  const parse = create ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON";
  const publicKey = PublicKeyCredential[parse] ? PublicKeyCredential[parse](options) : withBuffers(options);
  const credential = await navigator.credentials[create ? "create" : "get"]({ publicKey });
  const answer = await send(finish, credential.toJSON ? credential.toJSON() : byHand(credential));
  location.assign(answer.next);
}

function words(form, error) {
  if (error.told) return error.told;
  if (error.limited) return form.dataset.limited;
  if (error.message === "refused") return form.dataset.refused;
  if (["NotAllowedError", "AbortError"].includes(error.name)) return form.dataset.cancelled;
  return form.dataset.failed;
}

for (const form of document.querySelectorAll("form[data-ceremony]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const [button, message] = [form.querySelector("button"), form.querySelector("[role=alert]")];
    button.disabled = true;
    message.hidden = true;
    try {
      if (!window.PublicKeyCredential) throw Object.assign(new Error("old"), { told: form.dataset.unsupported });
      await run(form);
    } catch (error) {
      message.textContent = words(form, error);
      message.hidden = false;
      button.disabled = false;
    }
  });
}
