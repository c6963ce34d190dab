sign-in-title = Sign in
sign-in-lead = Press the button, and your device asks for your fingerprint, your face or its PIN. There is no name or number to type.
sign-in-first = First time here
sign-in-first-text = Have your My Number Card and the letter from your municipality ready.
sign-in-first-link = Start using Techo
sign-in-lost = If you cannot sign in
sign-in-lost-text = If you have lost all your passkeys, for example with your old phone, you can make a new one with your My Number Card.
sign-in-lost-link = Use the card
