# Frame, navigation and words that several pages share.
product = Techo health notebook
product-short = Techo
skip-to-main = Skip to main content
language-name = English
error-prefix = Error:{" "}
sign-in = Sign in
sign-out = Sign out
demo-strip = This is a demonstration. All people and records in it are made up.
demo-strip-link = Choose a demo card

nav-access-log = Log
nav-notices = Notices
nav-notices-unread = { " " }({ $count } unread)
nav-label = Main pages
nav-home = Home
nav-checkups = Checkups
nav-vaccinations = Vaccines
nav-coverage = Insurance
nav-records = Records
nav-consent = Sharing
nav-settings = Settings

footer-privacy = Your personal information
footer-about = Techo lets you read your own records of checkups, vaccinations and health insurance, and decide who else sees them. { promise-who-sees }

# Who sees what until somebody chooses. Said in six places, each time by this one text: /enrol, /, /privacy, /consent, home, the footer.
promise-who-sees = Until you decide, only you and the place that made a record can see it. But in an emergency somebody who treats or rescues you (a doctor, nurse or paramedic) and writes down why may look for 60 minutes, and you are told at once (you can turn this off).

notice-signed-out = You are signed out.
notice-welcome = You are ready. From now on you open your notebook by pressing the sign-in button.
notice-recovered = Your new passkey is ready. The former ones are stopped. Those that you still have can be used again after you confirm them in the settings.
notice-recovered-link = Open passkey settings
notice-passkey-added = The passkey was added.
notice-passkey-renamed = The name of the passkey was changed.
notice-passkey-removed = The passkey was removed.
notice-passkey-confirmed = The passkey works again.
notice-signed-out-elsewhere = All your other devices were signed out.
notice-session-ended = That device was signed out.
notice-reply-sent = It was sent to the reviewer. You will be told when the review is finished.
notice-report-filed = Thank you for telling us. Nobody can see this record until it has been checked.
notice-privacy-agreed = Thank you. Your agreement was saved.
notice-privacy-changed = The privacy page has changed since you opened that form. Please read it again and then agree.
notice-card-linked = Your new card is registered.
notice-consent-dropped = Nothing was changed.
notice-consent-not-saved = Nothing was saved: something else was changed first, perhaps on another device. The change that is being considered now is this one. Please check it and decide again.
notice-consent-no-draft = There was no change to be saved. This is what holds now.
notice-mark-not-saved = Nothing was saved: it was changed first, perhaps on another device. Please check what stands there now and decide again.
notice-checked-ask-again = You have confirmed that it is you. Nothing has been done yet: please press the same button once more.
notice-checked-not-done = You have confirmed that it is you, but the change could not be made. Nothing was changed.
notice-checked-nothing-waits = You have confirmed that it is you. Nothing was waiting for it, so nothing was changed.
notice-mark-saved = This record is shown differently now, from the next look on.
notice-export-running = Your access log is being written to a file right now. Please try again when that is done.
notice-export-locked = For your safety nothing can be downloaded for 24 hours after you recovered your account.

card-trouble-label = About your My Number Card
card-trouble-unknown = We cannot check at the moment whether your My Number Card is valid. You can go on signing in until { $date }.
card-trouble-ends-soon = The certificate on your My Number Card ends on { $date }. Renew it at your municipal office, then register the new card here.
card-trouble-ended = The certificate on your My Number Card has ended. After { $date } you can no longer sign in. Renew it at your municipal office and register the new card here.
card-trouble-link = Register a new card

privacy-agree-label = Change to how we handle personal information
privacy-agree-text = The page about your personal information has changed. Please read it and agree to go on using Techo.
privacy-agree-read = Read it
privacy-agree-button = I agree

kind-checkup = Checkups
kind-laboratory = Laboratory results
kind-vaccination = Vaccinations
kind-coverage = Health insurance
