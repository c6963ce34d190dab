# Sentences of the parts that run in the browser.
need-script = This step needs JavaScript. Please turn JavaScript on in your browser and open this page again.
field-required = required

failure-offline = The server could not be reached. Please check your connection and try again.
failure-refused = We could not confirm this. Please try again. If it still does not work, ask your municipal office.
failure-sign-in-refused = We could not confirm this. Please try again. If it still does not work, choose “Use the card” below and make a new passkey. You also need a new one when you began to sync your passkey with other devices.
failure-limit = There were too many tries. Please wait a while and try again.
failure-stale = Too much time has passed. Please open this page again.
failure-broken = Something went wrong on our side. Please try again later.
failure-reference = Reference:{" "}

passkey-busy = Please look at your device…
passkey-unsupported = This browser does not support passkeys. Please try another browser or device.
passkey-cancelled = It was cancelled, or took too long. Please press the button again.
passkey-already = This device already has a passkey. Please use it on the sign-in page.
passkey-failed = Your device could not use a passkey. Please try again.
passkey-sign-in = Sign in with a passkey
passkey-create = Create a passkey
passkey-verify = Confirm with a passkey

card-pin = PIN of the card
card-pin-help = The 4 digits for user authentication. After three wrong tries in a row the card is locked.
card-code = Activation code
card-code-help = The 16 characters in the letter from your municipality. Example: ABCD-EFGH-1234-5678
card-code-optional = Activation code (if you have a letter)
card-code-optional-help = The 16 characters in the letter from your municipality. Enter it if your card is a new one. It is not needed with the card that you have used here before.
card-button = Read the card
card-busy = Reading…
card-pin-form = Enter the PIN as 4 digits.
card-code-form = The activation code has 16 characters. Please check your letter.
card-pin-wrong = The PIN is wrong. Tries left before the card is locked: { $count }
card-locked = The card is locked because the PIN was wrong too often. Please reset the PIN at your municipal office.

session-soon = You will be signed out soon
session-idle = Nothing was done for a while. You will be signed out in 2 minutes.
session-absolute = You signed in 8 hours ago. You will be signed out in 2 minutes. To go on, sign in again.
session-go-on = Stay signed in
session-understood = I understand
session-over = You are signed out
session-over-text = You were signed out to keep your records safe. To go on, sign in again.
session-plain = You are signed out automatically when nothing is done for 15 minutes.
